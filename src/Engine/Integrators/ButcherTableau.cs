using System.Collections.Immutable;

namespace BrainSim.Engine.Integrators;

/// <summary>
/// The coefficients of an explicit Runge–Kutta method, or of a pair of methods whose difference estimates the error of a step. Checks itself when built: shape and
/// order conditions up to its order (at most 5), of the pair's other method up to one less.
/// </summary>
/// <remarks>Hairer, Nørsett and Wanner 1993, Solving Ordinary Differential Equations I, II.1 and table II.2.2.</remarks>
public sealed class ButcherTableau
{
    private const double Tolerance = 4e-14;

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

    /// <summary>Heun 1900 with Euler 1768, orders 2 and 1.</summary>
    public static readonly ButcherTableau HeunEuler = new("heun_euler", 2, [[], [1]], [1.0 / 2, 1.0 / 2], [1, 0]);

    /// <summary>Fehlberg 1969, NASA TR R-315, orders 2 and 1.</summary>
    public static readonly ButcherTableau Rkf12 = new(
        "rkf12", 2, [[], [1.0 / 2], [1.0 / 256, 255.0 / 256]], [1.0 / 512, 255.0 / 256, 1.0 / 512], [1.0 / 256, 255.0 / 256, 0]);

    /// <summary>Bogacki and Shampine 1989, Appl Math Lett 2:321, orders 3 and 2.</summary>
    public static readonly ButcherTableau BogackiShampine = new(
        "bs", 3, [[], [1.0 / 2], [0, 3.0 / 4], [2.0 / 9, 1.0 / 3, 4.0 / 9]], [2.0 / 9, 1.0 / 3, 4.0 / 9, 0], [7.0 / 24, 1.0 / 4, 1.0 / 3, 1.0 / 8]);

    /// <summary>Fehlberg 1969, NASA TR R-315, orders 5 and 4; the step goes on with the fifth.</summary>
    public static readonly ButcherTableau Rkf45 = new(
        "rkf45",
        5,
        [
            [], [1.0 / 4], [3.0 / 32, 9.0 / 32], [1932.0 / 2197, -7200.0 / 2197, 7296.0 / 2197],
            [439.0 / 216, -8, 3680.0 / 513, -845.0 / 4104], [-8.0 / 27, 2, -3544.0 / 2565, 1859.0 / 4104, -11.0 / 40],
        ],
        [16.0 / 135, 0, 6656.0 / 12825, 28561.0 / 56430, -9.0 / 50, 2.0 / 55],
        [25.0 / 216, 0, 1408.0 / 2565, 2197.0 / 4104, -1.0 / 5, 0]);

    /// <summary>Cash and Karp 1990, ACM Trans Math Softw 16:201, orders 5 and 4.</summary>
    public static readonly ButcherTableau CashKarp = new(
        "ck",
        5,
        [
            [], [1.0 / 5], [3.0 / 40, 9.0 / 40], [3.0 / 10, -9.0 / 10, 6.0 / 5], [-11.0 / 54, 5.0 / 2, -70.0 / 27, 35.0 / 27],
            [1631.0 / 55296, 175.0 / 512, 575.0 / 13824, 44275.0 / 110592, 253.0 / 4096],
        ],
        [37.0 / 378, 0, 250.0 / 621, 125.0 / 594, 0, 512.0 / 1771],
        [2825.0 / 27648, 0, 18575.0 / 48384, 13525.0 / 55296, 277.0 / 14336, 1.0 / 4]);

    /// <summary>Dormand and Prince 1980, J Comput Appl Math 6:19, orders 5 and 4.</summary>
    public static readonly ButcherTableau DormandPrince = new(
        "rkdp",
        5,
        [
            [], [1.0 / 5], [3.0 / 40, 9.0 / 40], [44.0 / 45, -56.0 / 15, 32.0 / 9], [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
            [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656], [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
        ],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0],
        [5179.0 / 57600, 0, 7571.0 / 16695, 393.0 / 640, -92097.0 / 339200, 187.0 / 2100, 1.0 / 40]);

    public static IReadOnlyList<ButcherTableau> All { get; } =
    [
        Euler, Midpoint, Heun2, Ralston2, Rk2, Rk3, Heun3, Ralston3, Ssprk3, Rk4, Ralston4, Rk4Rule38,
        Rkf45, Rkf12, DormandPrince, CashKarp, BogackiShampine, HeunEuler,
    ];

    /// <param name="a">Row s holds the s coefficients of the stages before it.</param>
    /// <param name="lower">Weights of a method of one order less; null where the method is alone.</param>
    /// <exception cref="ArgumentException">The coefficients contradict the stated order.</exception>
    public ButcherTableau(string name, int order, double[][] a, double[] b, double[]? lower = null)
    {
        Name = name;
        Order = order;
        A = [.. a.Select(row => row.ToImmutableArray())];
        B = [.. b];
        C = [.. a.Select(row => row.Sum())];
        Lower = lower is null ? null : [.. lower];
        CheckShape();
        CheckOrder(B, Order);
        if (Lower is { } pair)
        {
            CheckOrder(pair, Order - 1);
        }
    }

    public string Name { get; }

    public int Order { get; }

    public int Stages => B.Length;

    public ImmutableArray<ImmutableArray<double>> A { get; }

    public ImmutableArray<double> B { get; }

    /// <summary>Weights of the pair's method of one order less; null where the method is alone.</summary>
    public ImmutableArray<double>? Lower { get; }

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

    private void CheckShape()
    {
        if (A.Length != Stages || A.Where((row, s) => row.Length != s).Any() || (Lower is { } pair && pair.Length != Stages))
        {
            throw new ArgumentException($"{Name}: row s of A must hold s coefficients, and each stage needs its weights.");
        }
    }

    private void CheckOrder(ImmutableArray<double> weights, int stated)
    {
        foreach ((int order, string condition, double error) in OrderConditions(weights))
        {
            if (order <= stated && Math.Abs(error) > Tolerance)
            {
                throw new ArgumentException($"{Name} is not of order {stated}: {condition} is off by {error:g3}.");
            }
        }
    }

    /// <summary>One for each rooted tree of up to five nodes.</summary>
    private IEnumerable<(int Order, string Condition, double Error)> OrderConditions(ImmutableArray<double> b)
    {
        double[] c = [.. C];
        double[] c2 = Product(c, c), c3 = Product(c2, c), ac = Times(c), ac2 = Times(c2), aac = Times(ac);
        (int, string, double) Condition(int order, string text, double[] stages, double sum) => (order, text, stages.Select((x, s) => b[s] * x).Sum() - (1 / sum));
        return
        [
            Condition(1, "sum b", [.. c.Select(_ => 1.0)], 1),
            Condition(2, "sum b c", c, 2),
            Condition(3, "sum b c^2", c2, 3), Condition(3, "sum b a c", ac, 6),
            Condition(4, "sum b c^3", c3, 4), Condition(4, "sum b c a c", Product(c, ac), 8), Condition(4, "sum b a c^2", ac2, 12), Condition(4, "sum b a a c", aac, 24),
            Condition(5, "sum b c^4", Product(c3, c), 5), Condition(5, "sum b c^2 a c", Product(c2, ac), 10), Condition(5, "sum b c a c^2", Product(c, ac2), 15),
            Condition(5, "sum b c a a c", Product(c, aac), 30), Condition(5, "sum b (a c)^2", Product(ac, ac), 20), Condition(5, "sum b a c^3", Times(c3), 20),
            Condition(5, "sum b a c a c", Times(Product(c, ac)), 40), Condition(5, "sum b a a c^2", Times(ac2), 60), Condition(5, "sum b a a a c", Times(aac), 120),
        ];
    }

    private static double[] Product(double[] x, double[] y) => [.. x.Zip(y, (u, v) => u * v)];

    private double[] Times(double[] vector) => [.. A.Select(row => row.Select((x, j) => x * vector[j]).Sum())];
}
