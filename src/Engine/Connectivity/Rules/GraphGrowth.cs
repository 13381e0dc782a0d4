using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>scale_free_ba</c>, <c>scale_free_ba_dual</c> and <c>power_law</c>: see <see cref="GrownGraph"/>.</summary>
/// <remarks>Whom a new neuron meets depends on all links before, so every shard grows the whole graph: some 24 bytes for each link while the shard is built.</remarks>
public sealed class GraphGrowth
{
    private const int None = -1;

    /// <summary>A friend is drawn so often before all are looked at, which takes long for a neuron with many: few of its neighbours are linked to the new one already.</summary>
    private const int Tries = 16;

    private readonly GrownGraph rule;
    private readonly KeyedRandom key;

    /// <summary>Both ends of every link, the new neuron's first: a neuron stands here as often as its degree says, so a uniform draw is one in proportion to it.</summary>
    private readonly List<int> ends = [];

    private readonly List<int>[] neighbours;

    /// <summary>For each neuron the youngest one that it is linked to.</summary>
    private readonly int[] youngest;

    private GraphGrowth(GrownGraph rule, int size, KeyedRandom key)
    {
        (this.rule, this.key) = (rule, key);
        neighbours = [.. Enumerable.Range(0, size).Select(_ => new List<int>())];
        youngest = new int[size];
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
        neighbours[old].Add(born);
        neighbours[born].Add(old);
        ends.Add(born);
        ends.Add(old);
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

    /// <summary>One of a neuron's neighbours that are not linked to the new one yet, each with the same probability; <see cref="None"/> where there is none.</summary>
    private int FriendOf(int met, int born, ref KeyedStream stream)
    {
        List<int> known = neighbours[met];
        for (int tries = 0; tries < Tries; tries++)
        {
            int drawn = known[(int)(stream.NextUnit() * known.Count)];
            if (IsFree(drawn, born))
            {
                return drawn;
            }
        }

        int[] free = [.. known.Where(neuron => IsFree(neuron, born))];
        return free.Length == 0 ? None : free[(int)(stream.NextUnit() * free.Length)];
    }

    private bool IsFree(int neuron, int born) => neuron != born && youngest[neuron] != born;
}
