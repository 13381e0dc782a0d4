using BrainSim.Engine.Kernels;
using BrainSim.Engine.Shards;

namespace BrainSim.Engine.Simulation;

/// <summary>A state variable became NaN or infinite: the equations, the parameters or the step do not fit together.</summary>
public sealed class NumericalFailureException(ShardState anyShard, NonFinite found, long step) : Exception(Text(anyShard, found, step))
{
    private static string Text(ShardState state, NonFinite found, long step)
    {
        double milliseconds = state.Network.Grid.ToMilliseconds(step);
        return $"{(found.Synaptic.Length > 0 ? $"projections.{found.Synaptic}" : OfNeuron(state.Populations[found.Population].Program, found))} {found.Id} is {found.Value} at {milliseconds:0.###} ms; the step dt may be too long for these equations, or an input or weight too large (the state is looked at every {SerialRun.CheckEvery} steps)";
    }

    private static string OfNeuron(PopulationProgram program, NonFinite found) => $"populations.{program.Population.Name}: {program.Columns[found.Column].Name} of neuron";
}
