using System.Collections.Immutable;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>What a projection keeps for its sources and synapses.</summary>
/// <param name="Names">Of the variables, sources' first.</param>
/// <param name="OfSources">By variable: the bytes of all sources.</param>
/// <param name="OfSynapses">By variable: the bytes of all synapses, target by target.</param>
/// <param name="Counts">Synapses of each target.</param>
public sealed record PastSynapses(ImmutableArray<string> Names, ImmutableArray<byte[]> OfSources, ImmutableArray<byte[]> OfSynapses, int[] Counts)
{
    /// <param name="owned">The sources that this shard answers for.</param>
    public static PastSynapses Of(SynapseShard shard, Partition owned)
    {
        int bytes = shard.Target.Precision.Bytes();
        ReadOnlySpan<long> starts = shard.Lists.Starts;
        int[] counts = new int[shard.Lists.Targets.Count];
        for (int j = 0; j < counts.Length; j++)
        {
            counts[j] = (int)(starts[j + 1] - starts[j]);
        }

        CheckpointFile.CheckFits(shard.Count * bytes);
        return new PastSynapses(
            NamesOf(shard),
            [.. shard.Program.SourceVariables.Select((_, v) => shard.Sources!.ColumnBytes(v).Slice(owned.From * bytes, owned.Count * bytes).ToArray())],
            [.. shard.Program.Variables.Select((_, v) => shard.Snapshot(v))],
            counts);
    }

    /// <param name="parts">Of all shards, in order.</param>
    public static PastSynapses Join(IReadOnlyList<PastSynapses> parts) => new(
        parts[0].Names,
        [.. parts[0].OfSources.Select((_, v) => Joined(parts, part => part.OfSources[v]))],
        [.. parts[0].OfSynapses.Select((_, v) => Joined(parts, part => part.OfSynapses[v]))],
        Checkpoint.Joined([.. parts.Select(part => part.Counts)]));

    /// <exception cref="UserMistakeException">Another version of this program kept other variables.</exception>
    internal void ApplyTo(SynapseShard shard)
    {
        ImmutableArray<string> wanted = NamesOf(shard);
        if (!Names.SequenceEqual(wanted))
        {
            throw new UserMistakeException(
                new Place("checkpoint", 0, 0, $"projections.{shard.Program.Projection.Name}"),
                $"holds {string.Join(", ", Names)} where this version of brainsim computes {string.Join(", ", wanted)}; go on with the version that wrote it, or begin anew with run.");
        }

        for (int v = 0; v < OfSources.Length; v++)
        {
            OfSources[v].CopyTo(shard.Sources!.ColumnBytes(v));
        }

        int bytes = shard.Target.Precision.Bytes();
        long before = 0;
        for (int target = 0; target < shard.Target.Slice.From; target++)
        {
            before += Counts[target];
        }

        for (int v = 0; v < OfSynapses.Length; v++)
        {
            shard.Restore(v, OfSynapses[v].AsSpan((int)(before * bytes), (int)(shard.Count * bytes)));
        }
    }

    private static ImmutableArray<string> NamesOf(SynapseShard shard) =>
        [.. shard.Program.SourceVariables.Select(name => $"{name} of sources"), .. shard.Program.Variables.Select(v => $"{v.Name} of synapses")];

    private static byte[] Joined(IReadOnlyList<PastSynapses> parts, Func<PastSynapses, byte[]> numbers)
    {
        CheckpointFile.CheckFits(parts.Sum(part => numbers(part).LongLength));
        return Checkpoint.Joined([.. parts.Select(numbers)]);
    }
}
