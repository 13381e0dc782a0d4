using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>every:</c>, a number of steps for populations, and for projections whose synapses have a current of their own.</summary>
/// <param name="populations">Those of the file.</param>
/// <param name="knowsAll">False where a projection could not be read; its name is then unknown without being wrong.</param>
public sealed class EveryReader(StepReader steps, NamedPopulations populations, bool knowsAll)
{
    public (ImmutableArray<PopulationSpec> Populations, ImmutableArray<ProjectionSpec> Projections) Read(
        Fields file, ImmutableArray<PopulationSpec> all, ImmutableArray<ProjectionSpec> projections)
    {
        if (file.Map("every") is not { } fields)
        {
            return (all, projections);
        }

        (all, projections) = ([.. all.Select(p => With(fields, p))], [.. projections.Select(p => With(fields, p))]);
        foreach (string name in fields.Keys.Where(name => knowsAll && !populations.IsName(name) && projections.All(p => p.Name != name)))
        {
            fields.Refuse(name, $"there is no population or projection '{name}'.{Suggestion.For(name, all.Select(p => p.Name).Concat(projections.Select(p => p.Name)))}");
        }

        return (all, projections);
    }

    private PopulationSpec With(Fields fields, PopulationSpec population)
    {
        if (fields.Whole(population.Name, 1, Limits.EverySteps) is not { } every)
        {
            return population;
        }

        if (population.Replay is not null)
        {
            fields.Refuse(population.Name, $"{population.Name} replays spikes at given times and has nothing to update; remove it");
        }

        PopulationCheck.Refractory(population, steps.Every((int)every), PopulationCheck.LongestRefractory / (int)every);
        return population with { EverySteps = (int)every };
    }

    private static ProjectionSpec With(Fields fields, ProjectionSpec projection)
    {
        if (fields.Whole(projection.Name, 1, Limits.EverySteps) is not { } every)
        {
            return projection;
        }

        if (projection.Synapse is not { State.IsEmpty: true, Current: not null })
        {
            fields.Refuse(projection.Name, $"only synapses whose current is computed in every step can do so less often; what {projection.Synapse.Name} keeps advances with its target, so name the target population");
        }

        return projection with { EverySteps = (int)every };
    }
}
