using System.Collections.Immutable;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Simulation;

/// <summary>Whether a network can take up the state of another: what the state is laid out by, what the spikes under way were sent with, and what was recorded must be the same.</summary>
public static class Continuation
{
    /// <summary>Null where it can; else what stands in the way, the beginning of a sentence.</summary>
    /// <param name="step">Steps that the other has done.</param>
    public static string? WhyNot(CompiledNetwork from, CompiledNetwork to, long step)
    {
        NetworkSpec old = from.Network;
        NetworkSpec network = to.Network;
        return old.Grid != network.Grid ? "dt cannot change"
            : old.Precision != network.Precision ? "the precision cannot change"
            : !old.Schedule.Phases.SequenceEqual(network.Schedule.Phases) ? "the schedule cannot change"
            : old.Seed != network.Seed ? "the seed cannot change"
            : !AreSame(old.Populations, network.Populations, (a, b) => a.Name == b.Name && a.Size == b.Size) ? "populations and their sizes cannot change"
            : !AreSame(old.Populations, network.Populations, (a, b) => a.EverySteps == b.EverySteps) || !AreSame(old.Projections, network.Projections, (a, b) => a.EverySteps == b.EverySteps) ? "'every' cannot change"
            : !AreSame(from.Programs, to.Programs, (a, b) => States(a).SequenceEqual(States(b))) ? "the state variables of a population cannot change"
            : !AreSame(old.Projections, network.Projections, (a, b) => a.Name == b.Name && a.Pre == b.Pre && a.Post == b.Post && a.Connect == b.Connect) ? "projections and their connections cannot change"
            : !AreSame(old.Projections, network.Projections, (a, b) => a.Delay == b.Delay) ? "delays cannot change, for spikes are under way with the old ones,"
            : !AreSame(old.Monitors, network.Monitors, RecordSame) ? "what is recorded cannot change"
            : network.Steps < step ? "the duration cannot end before the time at hand"
            : null;
    }

    private static bool AreSame<T>(ImmutableArray<T> a, ImmutableArray<T> b, Func<T, T, bool> same) => a.Length == b.Length && a.Zip(b, same).All(equal => equal);

    private static IEnumerable<string> States(PopulationProgram program) =>
        program.Columns.Where(c => c.IsKept).Select(c => c.Name);

    private static bool RecordSame(MonitorSpec a, MonitorSpec b) =>
        (a.Name, a.Kind, a.Population, a.Projection, a.EverySteps) == (b.Name, b.Kind, b.Population, b.Projection, b.EverySteps)
        && a.Variables.SequenceEqual(b.Variables) && (a.Ids ?? []).SequenceEqual(b.Ids ?? []) && a.Ids is null == b.Ids is null;
}
