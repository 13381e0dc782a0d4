using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>What can be wrong only once a model has its parameters: divisions by a parameter that is zero, refractory times off the grid, a schedule that the model cannot follow.</summary>
public static class PopulationCheck
{
    public static void Check(PopulationSpec population, TimeGrid grid, Schedule schedule, Mistakes mistakes)
    {
        Divisions(population.Model, population.Parameters, grid, population.Place, mistakes);
        Refractory(population, grid, mistakes);
        bool usesOld = population.Model.Spike is { } spike
            && Rewriting.NamesIn([.. spike.Then.Select(t => t.Value), .. spike.When is null ? [] : new[] { spike.When }]).Any(n => n.StartsWith(Scope.Old, StringComparison.Ordinal));
        if (usesOld && schedule.SpikesBeforeUpdate)
        {
            mistakes.Add(population.Place, $"{population.Model.Name} compares with the state before the update (old.), so the schedule must update before it tests for spikes");
        }
    }

    /// <summary>Finds divisions whose divisor is known now, and is zero.</summary>
    public static void Divisions(ModelSpec model, IReadOnlyList<NamedValue> parameters, TimeGrid grid, Place place, Mistakes mistakes)
    {
        Dictionary<string, double> known = parameters.Where(p => p.Value.Constant is not null).ToDictionary(p => p.Name, p => p.Value.Constant!.Value);
        known[Scope.Dt] = grid.Dt;
        known["pi"] = Math.PI;
        known["e"] = Math.E;
        foreach (Definition definition in model.Lets.Concat(model.Equations).Concat(model.Updates).Concat(model.OnPre))
        {
            foreach (Expr divisor in Divisors(definition.Value))
            {
                IReadOnlyList<string> names = Rewriting.NamesIn(divisor);
                if (names.All(known.ContainsKey) && !divisor.IsRandom() && Evaluation.Of(divisor, name => known[name]) == 0)
                {
                    string cause = names.Count == 1 && parameters.FirstOrDefault(p => p.Name == names[0]) is { } parameter
                        ? $"{names[0]} is 0, and {model.Name} divides by it in {definition.Name}"
                        : $"{model.Name} divides by {divisor} in {definition.Name}, which is 0 with these parameters";
                    mistakes.Add(names.Count == 1 ? parameters.FirstOrDefault(p => p.Name == names[0])?.Place ?? place : place, cause);
                }
            }
        }
    }

    private static IEnumerable<Expr> Divisors(Expr expr) => expr is not Call call
        ? []
        : call.Arguments.SelectMany(Divisors).Concat(call.Op == Op.Divide ? [call.Arguments[1]] : []);

    private static void Refractory(PopulationSpec population, TimeGrid grid, Mistakes mistakes)
    {
        if (population.Model.Spike?.RefractoryFor is not { } duration)
        {
            return;
        }

        Dictionary<string, double?> known = population.Parameters.ToDictionary(p => p.Name, p => p.Value.Constant);
        IReadOnlyList<string> names = Rewriting.NamesIn(duration);
        if (!names.All(n => Scope.Constants.Contains(n) || known[n] is not null))
        {
            return;
        }

        double milliseconds = Evaluation.Of(Algebra.Simplify(duration), n => known[n]!.Value);
        Place place = names.Count == 1 ? population.Parameter(names[0]).Place : population.Place;
        if (!(milliseconds >= 0) || milliseconds > grid.ToMilliseconds(1_000_000))
        {
            mistakes.Add(place, $"the refractory time is {milliseconds} ms; it must lie between 0 and 1,000,000 steps");
        }
        else if (!grid.TryWhole(milliseconds, out _))
        {
            mistakes.Add(place, $"the refractory time of {TimeGrid.Text(milliseconds)} ms is no whole number of steps of {TimeGrid.Text(grid.Dt)} ms; the nearest are {grid.Neighbours(milliseconds)}");
        }
    }
}
