using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Integrators;

/// <summary>
/// Exact step of a linear system x' = M x + b with M and b constant over the step: x(t + dt) = P x + Q b, with
/// P = e^(M dt) and Q the integral of e^(M s) over the step.
/// </summary>
/// <remarks>Rotter and Diesmann 1999, Biol Cybern 81:381, eq. 3.</remarks>
public static class ExactLinear
{
    public static SolverStep Advance(EquationSystem system)
    {
        Expr[][] matrix = [.. system.Equations.Select(e => Row(e, system))];
        Expr[] rest = [.. system.Equations.Select(e => Inhomogeneity(e, system))];
        bool[,] reaches = Reachability(matrix);
        string[] names = [.. system.Variables];
        List<string> outputs = [];
        ImmutableArray<Assignment>.Builder next = ImmutableArray.CreateBuilder<Assignment>();
        for (int i = 0; i < names.Length; i++)
        {
            Expr value = 0.0;
            for (int j = 0; j < names.Length; j++)
            {
                if (reaches[i, j])
                {
                    value += new Name(Entry("P", names[i], names[j])) * new Name(names[j]);
                    value += rest[j] is Number { Value: 0 } ? 0.0 : new Name(Entry("Q", names[i], names[j])) * rest[j];
                }
            }

            next.Add(new Assignment(names[i], value));
        }

        for (int i = 0; i < names.Length; i++)
        {
            outputs.AddRange(names.Select(n => Entry("P", names[i], n)));
            outputs.AddRange(names.Select(n => Entry("Q", names[i], n)));
        }

        return new SolverStep([], next.ToImmutable())
        {
            Propagator = new Propagator([.. matrix.SelectMany(row => row)], [.. outputs]),
            Findings = [.. names.Select((n, i) => $"d{n}/dt is linear in {string.Join(", ", names.Where((_, j) => matrix[i][j] is not Number { Value: 0 }).DefaultIfEmpty("nothing"))}")],
        };
    }

    private static string Entry(string matrix, string row, string column) => $"exact.{matrix}.{row}.{column}";

    private static Expr[] Row(Assignment equation, EquationSystem system) =>
        [.. system.Variables.Select(variable =>
        {
            Expr coefficient = Algebra.Simplify(Derivative.Of(equation.Value, variable));
            string? obstacle = Rewriting.NamesIn(coefficient).FirstOrDefault(n => system.Variables.Contains(n));
            return obstacle is null && !coefficient.Mentions(Scope.Time)
                ? coefficient
                : throw new SolverException($"exact needs linear equations with constant coefficients, and d{equation.Name}/dt holds ({coefficient})*{variable}");
        })];

    private static Expr Inhomogeneity(Assignment equation, EquationSystem system)
    {
        Dictionary<string, Expr> atZero = system.Variables.ToDictionary(v => v, _ => (Expr)0.0);
        Expr rest = Algebra.Simplify(Rewriting.Substitute(equation.Value, atZero));
        return rest.Mentions(Scope.Time)
            ? throw new SolverException($"exact needs a right-hand side that stands still over a step, and d{equation.Name}/dt depends on t")
            : rest;
    }

    /// <summary>[i, j]: does x_j act on x_i, directly or through others? Elsewhere P and Q are zero.</summary>
    private static bool[,] Reachability(Expr[][] matrix)
    {
        int n = matrix.Length;
        bool[,] reaches = new bool[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                reaches[i, j] = i == j || matrix[i][j] is not Number { Value: 0 };
            }
        }

        for (int k = 0; k < n; k++)
        {
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    reaches[i, j] |= reaches[i, k] && reaches[k, j];
                }
            }
        }

        return reaches;
    }
}

/// <summary>The step matrices of a linear system, computed from the numbers of its matrix once per network (or once per neuron where parameters differ).</summary>
/// <param name="Matrix">Entries of M, row by row, in terms of parameters.</param>
/// <param name="Outputs">For each row i: P[i, 0..n) then Q[i, 0..n).</param>
public sealed record Propagator(ImmutableArray<Expr> Matrix, ImmutableArray<string> Outputs)
{
    public int Size => (int)Math.Sqrt(Matrix.Length);

    /// <summary>The outputs' values for a matrix of numbers and a step in ms.</summary>
    public double[] Compute(ReadOnlySpan<double> matrix, double dt)
    {
        int n = Size;
        double[,] augmented = new double[2 * n, 2 * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                augmented[i, j] = matrix[(i * n) + j] * dt;
            }

            augmented[i, n + i] = dt;
        }

        double[,] exponential = MatrixExponential.Of(augmented);
        double[] outputs = new double[2 * n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < 2 * n; j++)
            {
                outputs[(i * 2 * n) + j] = exponential[i, j];
            }
        }

        return outputs;
    }
}
