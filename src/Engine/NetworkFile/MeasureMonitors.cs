using System.Collections.Immutable;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Which monitors hold what measures look at.</summary>
public static class MeasureMonitors
{
    /// <summary>The monitors of the file, and a hidden one for the spikes of every population that is measured and not recorded.</summary>
    public static ImmutableArray<MonitorSpec> With(ImmutableArray<MonitorSpec> monitors, IEnumerable<MeasureSpec> measures, ImmutableArray<PopulationSpec> populations)
    {
        IEnumerable<int> measured = measures.Where(m => m.Rule.NeedsSpikes).SelectMany(m => m.Rule is DistanceRule distance ? [m.Of.Population, distance.With.Population] : new[] { m.Of.Population });
        IEnumerable<int> missing = measured.Distinct().Order().Where(population => OfSpikes(monitors, population) is null);
        return [.. monitors, .. missing.Select(p => Hidden(populations[p]))];
    }

    /// <summary>The positions of the monitors that a network's measures look at.</summary>
    public static IReadOnlySet<int> NeededBy(NetworkSpec network)
    {
        IEnumerable<MonitorSpec?> needed = network.Measures.SelectMany(m => m.Rule switch
        {
            VoltageFluctuationRule rule => [Of(network.Monitors, m.Of, rule.Variable)],
            DistanceRule distance => [OfSpikes(network.Monitors, m.Of.Population), OfSpikes(network.Monitors, distance.With.Population)],
            _ => new[] { OfSpikes(network.Monitors, m.Of.Population) },
        });
        return needed.OfType<MonitorSpec>().Select(monitor => network.Monitors.IndexOf(monitor)).ToHashSet();
    }

    /// <summary>A monitor of all spikes of a population, or null.</summary>
    public static MonitorSpec? OfSpikes(ImmutableArray<MonitorSpec> monitors, int population) =>
        monitors.FirstOrDefault(m => m.Kind == MonitorKind.Spikes && m.Population == population && m.Ids is null);

    /// <summary>A monitor of a variable of all these neurons, or null.</summary>
    public static MonitorSpec? Of(ImmutableArray<MonitorSpec> monitors, MeasuredNeurons neurons, string variable) =>
        monitors.FirstOrDefault(m => m.Kind == MonitorKind.Variables && m.Population == neurons.Population && m.Projection is null
            && m.Variables.Contains(variable) && (m.Ids is null || neurons.Ids.All(m.Ids.ToHashSet().Contains)));

    /// <summary>Has a name that no user can give, since it is no file's name.</summary>
    private static MonitorSpec Hidden(PopulationSpec population) =>
        new($"(spikes of {population.Name})", MonitorKind.Spikes, population.Index, Projection: null, [], Ids: null, EverySteps: 1, population.Place) { IsHidden = true };
}
