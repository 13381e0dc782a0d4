using System.Collections.Immutable;

namespace BrainSim.Engine.Integrators;

/// <summary>The coefficients of an explicit Runge–Kutta method. Checks itself when built: shape, row sums, order conditions up to its order (at most 4).</summary>
/// <remarks>Hairer, Nørsett and Wanner 1993, Solving Ordinary Differential Equations I, II.1 and table II.2.1.</remarks>
public sealed class ButcherTableau
{
    private const double Tolerance = 1e-14;

    /// <summary>Euler 1768.</summary>
    public static readonly ButcherTableau Euler = new("euler", 1, [[]], [1]);

    /// <summary>The explicit midpoint rule, Runge 1895.</summary>
    public static readonly ButcherTableau Midpoint = new("midpoint", 2, [[], [1.0 / 2]], [0, 1]);

    /// <summary>Heun 1900, also called the explicit trapezoidal rule.</summary>
    public static readonly ButcherTableau Heun2 = new("heun2", 2, [[], [1]], [1.0 / 2, 1.0 / 2]);

    /// <summary>Ralston 1962: least bound of the local error among second-order methods.</summary>
    public static readonly ButcherTableau Ralston2 = new("ralston2", 2, [[], [2.0 / 3]], [1.0 / 4, 3.0 / 4]);

    /// <summary>The second-order family with beta = 2/3, the default of the manual, section 15.1.</summary>
    public static readonly ButcherTableau Rk2 = SecondOrder("rk2", 2.0 / 3);

    /// <summary>Kutta 1901, third order.</summary>
    public static readonly ButcherTableau Rk3 = new("rk3", 3, [[], [1.0 / 2], [-1, 2]], [1.0 / 6, 2.0 / 3, 1.0 / 6]);

    /// <summary>Heun 1900, third order.</summary>
    public static readonly ButcherTableau Heun3 = new("heun3", 3, [[], [1.0 / 3], [0, 2.0 / 3]], [1.0 / 4, 0, 3.0 / 4]);

    /// <summary>Ralston 1962, third order.</summary>
    public static readonly ButcherTableau Ralston3 = new("ralston3", 3, [[], [1.0 / 2], [0, 3.0 / 4]], [2.0 / 9, 1.0 / 3, 4.0 / 9]);

    /// <summary>Shu and Osher 1988, strong-stability preserving.</summary>
    public static readonly ButcherTableau Ssprk3 = new("ssprk3", 3, [[], [1], [1.0 / 4, 1.0 / 4]], [1.0 / 6, 1.0 / 6, 2.0 / 3]);

    /// <summary>Kutta 1901, the classical method.</summary>
    public static readonly ButcherTableau Rk4 = new("rk4", 4, [[], [1.0 / 2], [0, 1.0 / 2], [0, 0, 1]], [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6]);

    /// <summary>Kutta 1901, the 3/8 rule.</summary>
    public static readonly ButcherTableau Rk4Rule38 =
        new("rk4_38rule", 4, [[], [1.0 / 3], [-1.0 / 3, 1], [1, -1, 1]], [1.0 / 8, 3.0 / 8, 3.0 / 8, 1.0 / 8]);

    /// <summary>Ralston 1962, fourth order with least truncation error; nodes 2/5 and 7/8 - 3 sqrt(5)/16.</summary>
    public static readonly ButcherTableau Ralston4 = FourthOrder("ralston4", 2.0 / 5, (7.0 / 8) - (3 * Math.Sqrt(5) / 16));

    public static IReadOnlyList<ButcherTableau> All { get; } =
        [Euler, Midpoint, Heun2, Ralston2, Rk2, Rk3, Heun3, Ralston3, Ssprk3, Rk4, Ralston4, Rk4Rule38];

    /// <param name="a">Row s holds the s coefficients of the stages before it.</param>
    /// <exception cref="ArgumentException">The coefficients contradict the stated order.</exception>
    public ButcherTableau(string name, int order, double[][] a, double[] b)
    {
        Name = name;
        Order = order;
        A = [.. a.Select(row => row.ToImmutableArray())];
        B = [.. b];
        C = [.. a.Select(row => row.Sum())];
        Check();
    }

    public string Name { get; }

    public int Order { get; }

    public int Stages => B.Length;

    public ImmutableArray<ImmutableArray<double>> A { get; }

    public ImmutableArray<double> B { get; }

    /// <summary>Nodes: row sums of A.</summary>
    public ImmutableArray<double> C { get; }

    /// <summary>The one-parameter family of second order, with nodes 0 and beta.</summary>
    public static ButcherTableau SecondOrder(string name, double beta) => new(name, 2, [[], [beta]], [1 - (1 / (2 * beta)), 1 / (2 * beta)]);

    /// <summary>The family of four stages and order four with nodes 0, u, v, 1; Hairer et al., II.1, eq. 1.17.</summary>
    private static ButcherTableau FourthOrder(string name, double u, double v)
    {
        double b2 = ((2 * v) - 1) / (12 * u * (v - u) * (1 - u));
        double b3 = (1 - (2 * u)) / (12 * v * (v - u) * (1 - v));
        double b4 = ((6 * u * v) - (4 * u) - (4 * v) + 3) / (12 * (1 - u) * (1 - v));
        double a32 = v * (v - u) / (2 * u * (1 - (2 * u)));
        double a43 = b3 * (1 - v) / b4;
        double a42 = ((b2 * (1 - u)) - (b3 * a32)) / b4;
        return new(name, 4, [[], [u], [v - a32, a32], [1 - a42 - a43, a42, a43]], [1 - b2 - b3 - b4, b2, b3, b4]);
    }

    private void Check()
    {
        if (A.Length != Stages || A.Where((row, s) => row.Length != s).Any())
        {
            throw new ArgumentException($"{Name}: row s of A must hold s coefficients.");
        }

        foreach ((int order, string condition, double value) in OrderConditions())
        {
            if (order <= Order && Math.Abs(value) > Tolerance)
            {
                throw new ArgumentException($"{Name} is not of order {Order}: {condition} is off by {value:g3}.");
            }
        }
    }

    private IEnumerable<(int Order, string Condition, double Error)> OrderConditions()
    {
        double[] ac = [.. A.Select(row => row.Select((x, j) => x * C[j]).Sum())];
        double[] acc = [.. A.Select(row => row.Select((x, j) => x * C[j] * C[j]).Sum())];
        double[] aac = [.. A.Select(row => row.Select((x, j) => x * ac[j]).Sum())];
        double Sum(Func<int, double> term) => Enumerable.Range(0, Stages).Sum(s => B[s] * term(s));
        yield return (1, "sum b", Sum(_ => 1) - 1);
        yield return (2, "sum b c", Sum(s => C[s]) - (1.0 / 2));
        yield return (3, "sum b c^2", Sum(s => C[s] * C[s]) - (1.0 / 3));
        yield return (3, "sum b a c", Sum(s => ac[s]) - (1.0 / 6));
        yield return (4, "sum b c^3", Sum(s => C[s] * C[s] * C[s]) - (1.0 / 4));
        yield return (4, "sum b c a c", Sum(s => C[s] * ac[s]) - (1.0 / 8));
        yield return (4, "sum b a c^2", Sum(s => acc[s]) - (1.0 / 12));
        yield return (4, "sum b a a c", Sum(s => aac[s]) - (1.0 / 24));
    }
}
