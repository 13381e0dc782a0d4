using System.Globalization;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Shards;

namespace BrainSim.Engine.Simulation;

/// <summary>A state variable became NaN or infinite: the equations, the parameters or the step do not fit together.</summary>
public sealed class NumericalFailureException(ShardState anyShard, NonFinite found) : Exception(Text(anyShard, found))
{
    private static string Text(ShardState state, NonFinite found)
    {
        PopulationProgram program = state.Populations[found.Population].Program;
        double milliseconds = state.Network.Grid.ToMilliseconds(found.Step + 1);
        return string.Create(CultureInfo.InvariantCulture, $"populations.{program.Population.Name}: {program.Columns[found.Column].Name} of neuron {found.Id} is {found.Value} after step {found.Step}, at {milliseconds:0.######} ms; the step dt may be too long for these equations, or an input or weight too large");
    }
}
