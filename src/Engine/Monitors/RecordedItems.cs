using System.Collections.Immutable;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Monitors;

/// <summary>What a monitor of variables looks at on one shard: neurons, sources of a projection, or single synapses.</summary>
/// <param name="Word">What one of them is called.</param>
/// <param name="From">Global index of the first that this shard answers for.</param>
/// <param name="Count">That this shard answers for.</param>
/// <param name="Total">On all shards.</param>
/// <param name="Read">The number of a variable, by its place in the monitor, of one of this shard's, from 0.</param>
/// <param name="Ends">Source and target of a synapse of this shard; null where these are no synapses.</param>
internal sealed record RecordedItems(string Word, long From, long Count, long Total, Func<int, int, double> Read, Func<int, SynapseEnds>? Ends)
{
    /// <summary>Once the shards know where their synapses stand.</summary>
    public static RecordedItems Of(MonitorSpec monitor, ShardState state)
    {
        SynapseShard? own = state.Synapses.FirstOrDefault(s => s.Projection == monitor.Projection);
        int[] Places(IEnumerable<string> names) => [.. monitor.Variables.Select(v => names.ToList().IndexOf(v))];
        if (own is not null && Places(own.Program.Variables.Select(v => v.Name)) is var variables && variables[0] >= 0)
        {
            return new RecordedItems("synapse", own.Before, own.Count, own.Total, (v, s) => own.Read(variables[v], s), s => new SynapseEnds(own.Lists.Sources[s], own.TargetOf(s)));
        }

        if (own is not null && Places(own.Program.SourceVariables) is var ofSources && ofSources[0] >= 0)
        {
            PopulationShard owner = state.Populations[own.Program.Projection.Pre];
            return new RecordedItems("source", owner.Slice.From, owner.Slice.Count, owner.Program.Population.Size, (v, s) => own.Sources!.Read(ofSources[v], owner.Slice.From + s), null);
        }

        return OfNeurons(state.Populations[monitor.Population], [.. monitor.Variables.Select(v => monitor.Projection is { } p ? $"{state.Network.Projections[p].Name}.{v}" : v)]);
    }

    /// <param name="names">As the population's program knows them.</param>
    private static RecordedItems OfNeurons(PopulationShard population, ImmutableArray<string> names)
    {
        PopulationProgram program = population.Program;
        int[] columns = [.. names.Select(program.FindColumn)];
        double[] constants = [.. names.Select(name => program.Uniforms.GetValueOrDefault(name))];
        Partition slice = population.Slice;
        return new RecordedItems("neuron", slice.From, slice.Count, program.Population.Size, (v, local) => columns[v] >= 0 ? population.Read(columns[v], local) : constants[v], null);
    }
}
