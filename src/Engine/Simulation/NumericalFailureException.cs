using System.Globalization;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Shards;

namespace BrainSim.Engine.Simulation;

/// <summary>A state variable became NaN or infinite: the equations, the parameters or the step do not fit together.</summary>
public sealed class NumericalFailureException(ShardState anyShard, NonFinite found) : Exception(Text(anyShard, found))
{
    private static string Text(ShardState state, NonFinite found)
    {
        double milliseconds = state.Network.Grid.ToMilliseconds(found.Step + 1);
        string what = found.Synaptic.Length > 0 ? $"projections.{found.Synaptic}" : OfNeuron(state.Populations[found.Population].Program, found);
        return string.Create(CultureInfo.InvariantCulture, $"{what} {found.Id} is {found.Value} after step {found.Step}, at {milliseconds:0.######} ms; the step dt may be too long for these equations, or an input or weight too large");
    }

    private static string OfNeuron(PopulationProgram program, NonFinite found) => $"populations.{program.Population.Name}: {program.Columns[found.Column].Name} of neuron";
}
