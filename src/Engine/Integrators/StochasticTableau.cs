using System.Collections.Immutable;

namespace BrainSim.Engine.Integrators;

/// <summary>
/// The coefficients of a stochastic Runge–Kutta method for Ito equations with one noise. Checks itself by <see cref="Checked"/>: shape and the conditions of its
/// strong order (1 or 3/2).
/// </summary>
/// <remarks>Rößler 2010, SIAM J Numer Anal 48:922: the methods and the conditions, section 5.</remarks>
public sealed record StochasticTableau
{
    private const double Tolerance = 1e-14;

    /// <summary>Rößler 2010, SRI1W1: order 2 without noise.</summary>
    public static readonly StochasticTableau Srk1W1 = new("srk1w1", 1.5)
    {
        A0 = [[], [3.0 / 4], [0, 0], [0, 0, 0]],
        B0 = [[], [3.0 / 2], [0, 0], [0, 0, 0]],
        A1 = [[], [1.0 / 4], [1, 0], [0, 0, 1.0 / 4]],
        B1 = [[], [1.0 / 2], [-1, 0], [-5, 3, 1.0 / 2]],
        Alpha = [1.0 / 3, 2.0 / 3, 0, 0],
        Beta = [[-1, 4.0 / 3, 2.0 / 3, 0], [-1, 4.0 / 3, -1.0 / 3, 0], [2, -4.0 / 3, -2.0 / 3, 0], [-2, 5.0 / 3, -2.0 / 3, 1]],
    };

    /// <summary>Rößler 2010, SRI2W1: order 3 without noise.</summary>
    public static readonly StochasticTableau Srk2W1 = new("srk2w1", 1.5)
    {
        A0 = [[], [1], [1.0 / 4, 1.0 / 4], [0, 0, 0]],
        B0 = [[], [0], [1, 1.0 / 2], [0, 0, 0]],
        A1 = [[], [1.0 / 4], [1, 0], [0, 0, 1.0 / 4]],
        B1 = [[], [-1.0 / 2], [1, 0], [2, -1, 1.0 / 2]],
        Alpha = [1.0 / 6, 1.0 / 6, 2.0 / 3, 0],
        Beta = [[-1, 4.0 / 3, 2.0 / 3, 0], [1, -4.0 / 3, 1.0 / 3, 0], [2, -4.0 / 3, -2.0 / 3, 0], [-2, 5.0 / 3, -2.0 / 3, 1]],
    };

    /// <summary>Kloeden and Platen 1992, eq. 11.1.3.</summary>
    public static readonly StochasticTableau Klpl = new("klpl", 1)
    {
        A0 = [[], [0]],
        B0 = [[], [0]],
        A1 = [[], [1]],
        B1 = [[], [1]],
        Alpha = [1, 0],
        Beta = [[1, 0], [-1, 1], [0, 0], [0, 0]],
    };

    private StochasticTableau(string name, double order) => (Name, Order) = (name, order);

    public static IReadOnlyList<StochasticTableau> All { get; } = [.. new[] { Srk1W1, Srk2W1, Klpl }.Select(Checked)];

    public string Name { get; }

    /// <summary>Strong order.</summary>
    public double Order { get; }

    /// <summary>Rows of the stages of the drift: weights of the drifts before it, and of the factors before it.</summary>
    public required ImmutableArray<ImmutableArray<double>> A0 { get; init; }

    public required ImmutableArray<ImmutableArray<double>> B0 { get; init; }

    /// <summary>Rows of the stages of the factor.</summary>
    public required ImmutableArray<ImmutableArray<double>> A1 { get; init; }

    public required ImmutableArray<ImmutableArray<double>> B1 { get; init; }

    /// <summary>Weights of the drifts.</summary>
    public required ImmutableArray<double> Alpha { get; init; }

    /// <summary>Weights of the factors for the integrals (1), (1,1), (1,0) and (1,1,1).</summary>
    public required ImmutableArray<ImmutableArray<double>> Beta { get; init; }

    public int Stages => Alpha.Length;

    /// <exception cref="ArgumentException">The coefficients contradict the stated order.</exception>
    public static StochasticTableau Checked(StochasticTableau tableau)
    {
        if (new[] { tableau.A0, tableau.B0, tableau.A1, tableau.B1 }.Any(m => m.Length != tableau.Stages || m.Where((row, s) => row.Length != s).Any()))
        {
            throw new ArgumentException($"{tableau.Name}: row s of a matrix must hold s coefficients.");
        }

        foreach ((double order, string condition, double error) in tableau.OrderConditions())
        {
            if (order <= tableau.Order && Math.Abs(error) > Tolerance)
            {
                throw new ArgumentException($"{tableau.Name} is not of strong order {tableau.Order}: {condition} is off by {error:g3}.");
            }
        }

        return tableau;
    }

    /// <summary>Conditions that the four rows of Beta share have one value for each.</summary>
    private IEnumerable<(double Order, string Condition, double Error)> OrderConditions()
    {
        double[] one = [.. Alpha.Select(_ => 1.0)];
        double[] a0 = Times(A0, one), b0 = Times(B0, one), a1 = Times(A1, one), b1 = Times(B1, one);
        double[] b1Squared = [.. b1.Select(x => x * x)];
        IEnumerable<(double, string, double)> OfBeta(double order, string condition, double[] vector, params double[] expected) =>
            expected.Select((value, k) => (order, $"beta{k + 1} {condition}", Dot(Beta[k], vector) - value));
        return
        [
            (1, "alpha e", Dot(Alpha, one) - 1),
            .. OfBeta(1, "e", one, 1, 0, 0, 0),
            .. OfBeta(1, "B1 e", b1, 0, 1, 0, 0),
            (1.5, "alpha A0 e", Dot(Alpha, a0) - 0.5),
            (1.5, "alpha B0 e", Dot(Alpha, b0) - 1),
            (1.5, "alpha (B0 e)^2", Dot(Alpha, [.. b0.Select(x => x * x)]) - 1.5),
            .. OfBeta(1.5, "A1 e", a1, 1, 0, -1, 0),
            .. OfBeta(1.5, "(B1 e)^2", b1Squared, 1, 0, -1, 2),
            .. OfBeta(1.5, "B1 B1 e", Times(B1, b1), 0, 0, 0, 1),
            (1.5, "beta1 A1 B0 e / 2 + beta3 A1 B0 e / 3", (Dot(Beta[0], Times(A1, b0)) / 2) + (Dot(Beta[2], Times(A1, b0)) / 3)),
        ];
    }

    private static double Dot(ImmutableArray<double> weights, double[] vector) => weights.Select((w, s) => w * vector[s]).Sum();

    private static double[] Times(ImmutableArray<ImmutableArray<double>> matrix, double[] vector) => [.. matrix.Select(row => Dot(row, vector))];
}
