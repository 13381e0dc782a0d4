using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>What can be wrong only once a model has its parameters: divisions by a parameter that is zero, refractory times off the grid, a schedule that the model cannot follow.</summary>
public static class PopulationCheck
{
    public const int LongestRefractory = 1_000_000;

    public static void Check(PopulationSpec population, StepReader steps, Schedule schedule, Mistakes mistakes)
    {
        Divisions(population.Model, population.Parameters, steps.Grid, population.Place, mistakes);
        Refractory(population, steps, LongestRefractory);
        bool usesOld = population.Model.Spike is { } spike
            && Rewriting.NamesIn([.. spike.Then.Select(t => t.Value), .. spike.When is null ? [] : new[] { spike.When }]).Any(n => n.StartsWith(Scope.Old, StringComparison.Ordinal));
        if (usesOld && schedule.SpikesBeforeUpdate)
        {
            mistakes.Add(population.Place, $"{population.Model.Name} compares with the state before the update (old.), so the schedule must update before it tests for spikes");
        }
    }

    /// <summary>Finds divisions whose divisor is known now, and is zero. Branches of <c>where</c> are left alone: their condition may exclude the zero.</summary>
    public static void Divisions(ModelSpec model, IReadOnlyList<NamedValue> parameters, TimeGrid grid, Place place, Mistakes mistakes)
    {
        Dictionary<string, double> known = parameters.Where(p => p.Value.Constant is not null).ToDictionary(p => p.Name, p => p.Value.Constant!.Value);
        known[Scope.Dt] = grid.Dt;
        known["pi"] = Math.PI;
        known["e"] = Math.E;
        foreach (Definition definition in Definitions(model))
        {
            foreach (Expr divisor in Divisors(definition.Value))
            {
                if (divisor is Name name && ZeroOf(name.Id, parameters) is { } zero)
                {
                    mistakes.Add(zero.Place, $"{zero.Name} is 0, and {model.Name} divides by it in {definition.Name}");
                }
                else if (ValueOf(divisor, known) == 0)
                {
                    IReadOnlyList<string> names = Rewriting.NamesIn(divisor);
                    Place cause = parameters.FirstOrDefault(p => names.Contains(p.Name))?.Place ?? place;
                    mistakes.Add(cause, $"{model.Name} divides by {divisor} in {definition.Name}, which is 0 with these parameters");
                }
            }

            if (model.Lets.Contains(definition) && ValueOf(definition.Value, known) is { } value)
            {
                known[definition.Name] = value;
            }
        }
    }

    private static IEnumerable<Definition> Definitions(ModelSpec model) =>
    [
        .. model.State.Select(s => new Definition(s.Name, s.Initial, s.Place)), .. model.Lets, .. model.Equations, .. model.Updates, .. model.OnPre,
        .. model.Spike?.Then ?? [],
        .. model.Spike?.When is { } when ? [new Definition("spike.when", when, model.Place)] : Array.Empty<Definition>(),
        .. model.Current is { } current ? [new Definition("current", current.Value, current.Place)] : Array.Empty<Definition>(),
    ];

    /// <summary>The parameter's value when it, or one item of its array, is zero.</summary>
    private static NamedValue? ZeroOf(string name, IReadOnlyList<NamedValue> parameters) =>
        parameters.FirstOrDefault(p => p.Name == name && (p.Value.Constant == 0 || (p.Value is FromArray array && Array.IndexOf(array.Items, 0.0) >= 0)));

    private static double? ValueOf(Expr expr, Dictionary<string, double> known) =>
        !expr.IsRandom() && Rewriting.NamesIn(expr).All(known.ContainsKey) ? Evaluation.Of(expr, name => known[name]) : null;

    private static IEnumerable<Expr> Divisors(Expr expr)
    {
        Stack<Expr> open = new([expr]);
        while (open.TryPop(out Expr? next))
        {
            if (next is not Call call)
            {
                continue;
            }

            if (call.Op == Op.Divide)
            {
                yield return call.Arguments[1];
            }

            foreach (Expr argument in call.Op == Op.Where ? call.Arguments[..1] : call.Arguments)
            {
                open.Push(argument);
            }
        }
    }

    /// <summary>The refractory time where it is one number.</summary>
    /// <param name="longest">In steps.</param>
    public static void Refractory(PopulationSpec population, StepReader steps, int longest)
    {
        if (population.Model.Spike?.RefractoryFor is not { } duration)
        {
            return;
        }

        Dictionary<string, double?> known = population.Parameters.ToDictionary(p => p.Name, p => p.Value.Constant);
        IReadOnlyList<string> names = Rewriting.NamesIn(duration);
        if (names.All(n => Scope.Constants.Contains(n) || known[n] is not null))
        {
            double milliseconds = Evaluation.Of(Algebra.Simplify(duration), n => known[n]!.Value);
            Place place = names.Count == 1 && known.ContainsKey(names[0]) ? population.Parameter(names[0]).Place : population.Place;
            steps.Read(milliseconds, place, 0, longest, "the refractory time of ");
        }
    }
}
