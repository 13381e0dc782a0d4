using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>
/// Exponential Euler, each equation by itself: x' = A x + B, A the coefficient of x, both frozen over the step, gives
/// x(t + dt) = x e^(A dt) + B dt exprel(A dt) with exprel(z) = (e^z - 1)/z. Where A is zero this is Euler's step.
/// </summary>
/// <remarks>
/// Manual section 11.3; Hochbruck and Ostermann 2010, Acta Numerica 19:209, eq. 2.2. Powers of x other than the first count as part of B.
/// Noise, Ito: the kick g dW of the step's start decays over the step, e^(A dt) g dW; manual section 15.2.4; Lord and Rougemont 2004, IMA J Numer Anal 24:587. Strong order 1/2, and 1 where noise is additive.
/// </remarks>
public static class ExponentialEuler
{
    public static SolverStep Advance(EquationSystem system)
    {
        ImmutableArray<Assignment>.Builder next = ImmutableArray.CreateBuilder<Assignment>();
        ImmutableArray<string>.Builder findings = ImmutableArray.CreateBuilder<string>();
        foreach (Assignment equation in system.Equations)
        {
            Polynomial polynomial = Polynomial.Of(equation.Value, equation.Name);
            Expr linear = Algebra.Simplify(polynomial.Coefficient(1));
            Expr rest = Algebra.Simplify(polynomial.Rest);
            next.Add(new Assignment(equation.Name, Next(equation, linear, rest, system)));
            string sum = rest is Number { Value: 0 } ? "" : $" + ({Shown(rest)})";
            findings.Add(linear is Number { Value: 0 }
                ? $"d{equation.Name}/dt has no part linear in {equation.Name}: a plain Euler step"
                : $"d{equation.Name}/dt = ({Shown(linear)})*{equation.Name}{sum}{(polynomial.IsLinear ? "" : $", the rest not free of {equation.Name}")}");
        }

        return new SolverStep([], next.ToImmutable()) { Findings = findings.ToImmutable() };
    }

    public static SolverStep Ito(EquationSystem system)
    {
        SolverStep quiet = Advance(system);
        NoisyStep step = new(system);
        Expr[] increments = [.. system.Noises.Select(step.Increment)];
        Expr Kick(Assignment equation) => new Call(Op.Exp, Linear(equation) * NoisyStep.Dt) * system.Kick(equation.Name, increments);
        Dictionary<string, Expr> next = system.Equations.Zip(quiet.Next).ToDictionary(pair => pair.First.Name, pair => pair.Second.Value + Kick(pair.First));
        SolverStep noisy = step.End(v => next[v]);
        return noisy with { Findings = [.. quiet.Findings, .. noisy.Findings] };
    }

    private static Expr Linear(Assignment equation) => Algebra.Simplify(Polynomial.Of(equation.Value, equation.Name).Coefficient(1));

    /// <summary>An expression as text, unless nobody would read it.</summary>
    private static string Shown(Expr expr) => expr.Size <= 300 ? expr.ToString() : $"{expr.Size} parts";

    private static Expr Next(Assignment equation, Expr linear, Expr rest, EquationSystem system)
    {
        Expr x = new Name(equation.Name);
        Expr dt = new Name(Scope.Dt);
        Expr rate = linear * dt;
        if (linear is Number { Value: 0 })
        {
            return x + (equation.Value * dt);
        }

        Expr decay = new Call(Op.Exp, rate);
        Expr gain = dt * new Call(Op.Exprel, rate);
        if (rest is Number { Value: 0 })
        {
            return x * decay;
        }

        // A coefficient that moves with the state costs one exponential this way, and two the other way; a fixed one costs none.
        bool moves = Rewriting.NamesIn(linear).Any(name => system.Variables.Contains(name));
        return moves ? x + (equation.Value * gain) : (x * decay) + (rest * gain);
    }
}
