using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>
/// Sub-steps of every neuron's own size within one step of the grid: the pair's two methods must agree within the tolerance, relative to 1 + |x|, in the worst variable.
/// What is written here is one try of every neuron, to be repeated until none has time left: it is taken, or done again with a smaller size; the size is kept for the next step.
/// The last sub-step ends with the grid's step.
/// </summary>
/// <remarks>Hairer, Nørsett and Wanner 1993, II.4, eq. 4.10 to 4.13.</remarks>
public static class StepControl
{
    /// <summary>State: the size of the next sub-step, ms; at first that of the grid, at most that. NaN where even <see cref="SmallestShare"/> of the grid's step was too much.</summary>
    public const string Size = "solver step";

    /// <summary>What is left of the grid's step, ms; the grid's step before the first try.</summary>
    public const string Left = "time left";

    /// <summary>A neuron that needs sub-steps below this share of the grid's step is given up.</summary>
    public const double SmallestShare = 1e-6;

    private const double Safety = 0.9;

    private const double LeastChange = 0.2;

    private const double GreatestChange = 5;

    private static readonly Expr Step = new Name(Scope.Dt);

    private static readonly Expr Tried = new Name("tried");

    private static readonly Expr Error = new Name("error");

    public static SolverStep Advance(EquationSystem system, ButcherTableau pair, double tolerance)
    {
        Dictionary<string, Expr> ofNeuron = new() { [Scope.Dt] = Tried, [Scope.Time] = new Name(Scope.Time) + (Step - new Name(Left)) };
        Expr Within(Expr expr) => Rewriting.Substitute(expr, ofNeuron);
        SolverStep plain = RungeKutta.Advance(system, pair);
        Expr isLast = new Call(Op.GreaterOrEqual, new Name(Size), new Name(Left));
        ImmutableArray<Assignment>.Builder statements = ImmutableArray.CreateBuilder<Assignment>();
        statements.Add(new Assignment(((Name)Tried).Id, Algebra.Where(isLast, new Name(Left), new Name(Size))));
        statements.AddRange(plain.Statements.Select(s => s with { Value = Within(s.Value) }));
        statements.AddRange(plain.Next.Select(n => new Assignment(Reached(n.Name), Within(n.Value))));
        statements.Add(new Assignment(((Name)Error).Id, WorstError(system, pair, tolerance)));
        Expr isGood = new Call(Op.LessOrEqual, Error, 1.0);
        Expr isRunning = new Call(Op.Greater, new Name(Left), 0.0);
        Expr isHopeless = new Call(Op.Not, new Call(Op.Greater, Tried, SmallestShare * Step));
        Expr left = Algebra.Where(isGood, Algebra.Where(isLast, 0.0, new Name(Left) - Tried), Algebra.Where(isHopeless, 0.0, new Name(Left)));
        Expr changed = new Call(Op.Min, Tried * Change(pair), Step);
        Expr grown = Algebra.Where(isLast, new Call(Op.Max, new Name(Size), changed), changed);
        Expr size = Algebra.Where(isRunning, Algebra.Where(isGood, grown, Algebra.Where(isHopeless, double.NaN, changed)), new Name(Size));
        return plain with
        {
            Statements = statements.ToImmutable(),
            Next =
            [
                .. system.Variables.Select(v => new Assignment(v, Algebra.Where(new Call(Op.And, isRunning, isGood), new Name(Reached(v)), new Name(v)))),
                new Assignment(Left, left), new Assignment(Size, size),
            ],
            Findings = [$"sub-steps of each neuron's own size, errors below {tolerance}*(1 + |x|) each"],
        };
    }

    private static string Reached(string variable) => $"reached {variable}";

    /// <summary>1 where the estimate is what is allowed.</summary>
    private static Expr WorstError(EquationSystem system, ButcherTableau pair, double tolerance)
    {
        ImmutableArray<double> lower = pair.Lower!.Value;
        Expr worst = 0.0;
        foreach (string variable in system.Variables)
        {
            Expr difference = Tried * RungeKutta.Slopes(variable, [.. pair.B.Zip(lower, (b, other) => b - other)]);
            Expr size = new Call(Op.Max, new Call(Op.Abs, new Name(variable)), new Call(Op.Abs, new Name(Reached(variable))));
            Expr error = new Call(Op.Abs, difference) / (tolerance * (1.0 + size));
            worst = worst is Number ? error : new Call(Op.Max, worst, error);
        }

        return worst;
    }

    /// <summary>The estimate grows with the size to the power of the higher order. One that is NaN or beyond all measure gives the least change.</summary>
    private static Expr Change(ButcherTableau pair)
    {
        Expr power = new Call(Op.Power, new Call(Op.Max, Error, 1e-10), -1.0 / pair.Order);
        return Algebra.Where(new Call(Op.Less, Error, 1e10), new Call(Op.Clip, Safety * power, LeastChange, GreatestChange), LeastChange);
    }
}
