using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>scale_free_ba</c>, <c>scale_free_ba_dual</c> and <c>power_law</c>: see <see cref="GrownGraph"/>.</summary>
/// <remarks>Whom a new neuron meets depends on all links before, so every shard grows the whole graph: 16 bytes for each link while the shard is built.</remarks>
public sealed class GraphGrowth
{
    private const int None = -1;

    private readonly GrownGraph rule;
    private readonly KeyedRandom key;

    /// <summary>Both ends of every link, the new neuron's first: a neuron stands here as often as its degree says, so a uniform draw is one in proportion to it.</summary>
    private readonly List<int> ends = [];

    /// <summary>For each item of <see cref="ends"/> the one before it with the same neuron.</summary>
    private readonly List<int> before = [];

    /// <summary>For each neuron its last item of <see cref="ends"/>.</summary>
    private readonly int[] latest;

    /// <summary>For each neuron the youngest one that it is linked to.</summary>
    private readonly int[] youngest;

    private GraphGrowth(GrownGraph rule, int size, KeyedRandom key)
    {
        (this.rule, this.key) = (rule, key);
        latest = new int[size];
        youngest = new int[size];
        Array.Fill(latest, None);
        Array.Fill(youngest, None);
    }

    /// <summary>Each link once, from the new neuron to the older one.</summary>
    public static IEnumerable<(int Source, int Target)> Edges(GrownGraph rule, int size, KeyedRandom key)
    {
        GraphGrowth graph = new(rule, size, key);
        for (int born = rule.Founders; born < size; born++)
        {
            int first = graph.ends.Count;
            graph.Grow(born);
            for (int end = first; end < graph.ends.Count; end += 2)
            {
                yield return (born, graph.ends[end + 1]);
            }
        }
    }

    private void Grow(int born)
    {
        if (born == rule.Founders)
        {
            for (int founder = 0; founder < born; founder++)
            {
                Link(born, founder);
            }

            return;
        }

        KeyedStream stream = key.Stream((uint)born, 0);
        int links = rule.Links == rule.OtherLinks || stream.NextUnit() < rule.Share ? rule.Links : rule.OtherLinks;
        int older = ends.Count;
        int met = Met(born, older, ref stream);
        Link(born, met);
        for (int made = 1; made < links; made++)
        {
            int friend = rule.Triangles > 0 && stream.NextUnit() < rule.Triangles ? FriendOf(met, born, ref stream) : None;
            if (friend == None)
            {
                friend = met = Met(born, older, ref stream);
            }

            Link(born, friend);
        }
    }

    private void Link(int born, int old)
    {
        youngest[old] = born;
        foreach (int end in (ReadOnlySpan<int>)[born, old])
        {
            before.Add(latest[end]);
            latest[end] = ends.Count;
            ends.Add(end);
        }
    }

    /// <summary>An older neuron that is not linked to the new one yet, in proportion to the degrees before the new one came.</summary>
    private int Met(int born, int older, ref KeyedStream stream)
    {
        int drawn;
        do
        {
            drawn = ends[(int)(stream.NextUnit() * older)];
        }
        while (youngest[drawn] == born);
        return drawn;
    }

    /// <summary>One of a neuron's neighbours that are not linked to the new one yet, each with the same probability.</summary>
    private int FriendOf(int met, int born, ref KeyedStream stream)
    {
        int free = 0;
        for (int end = latest[met]; end != None; end = before[end])
        {
            free += IsFree(ends[end ^ 1], born) ? 1 : 0;
        }

        int wanted = free == 0 ? None : (int)(stream.NextUnit() * free);
        for (int end = latest[met]; wanted >= 0 && end != None; end = before[end])
        {
            int friend = ends[end ^ 1];
            wanted -= IsFree(friend, born) ? 1 : 0;
            if (wanted < 0)
            {
                return friend;
            }
        }

        return None;
    }

    private bool IsFree(int neuron, int born) => neuron != born && youngest[neuron] != born;
}
