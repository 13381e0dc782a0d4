using BrainSim.Engine.Integrators;
using Xunit;

namespace BrainSim.Tests.Numerics;

public sealed class ButcherTableauTests
{
    public static TheoryData<string> Names => [.. ButcherTableau.All.Select(t => t.Name)];

    /// <summary>A coefficient that is off by a part in a million breaks a condition of the stated order, whichever it is.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_coefficient_is_checked(string name)
    {
        ButcherTableau right = ButcherTableau.All.First(t => t.Name == name);
        for (int s = 0; s < right.Stages; s++)
        {
            double[] b = [.. right.B];
            b[s] += 1e-6;
            Assert.Throws<ArgumentException>(() => new ButcherTableau(name, right.Order, Rows(right), b));
            if (right.Lower is { } pair)
            {
                double[] lower = [.. pair];
                lower[s] += 1e-6;
                Assert.Throws<ArgumentException>(() => new ButcherTableau(name, right.Order, Rows(right), [.. right.B], lower));
            }
        }

        // With order 1 the A coefficients are free, and with order 2 those of stages without weight are.
        for (int s = 1; s < right.Stages; s++)
        {
            for (int j = 0; j < s && (right.Order > 2 || right.B[s] != 0); j++)
            {
                double[][] a = Rows(right);
                a[s][j] += 1e-6;
                Assert.Throws<ArgumentException>(() => new ButcherTableau(name, right.Order, a, [.. right.B], right.Lower?.ToArray()));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_method_is_not_of_a_higher_order_than_it_is(string name)
    {
        ButcherTableau right = ButcherTableau.All.First(t => t.Name == name);
        if (right.Order < 5)
        {
            ArgumentException refused = Assert.Throws<ArgumentException>(() => new ButcherTableau(name, right.Order + 1, Rows(right), [.. right.B]));
            Assert.Contains($"{name} is not of order {right.Order + 1}", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rows_must_fit_their_stage()
    {
        Assert.Throws<ArgumentException>(() => new ButcherTableau("implicit", 1, [[0.5]], [1]));
        Assert.Throws<ArgumentException>(() => new ButcherTableau("short", 1, [[], []], [0.5, 0.5]));
        Assert.Throws<ArgumentException>(() => new ButcherTableau("missing", 1, [[]], [0.5, 0.5]));
    }

    /// <summary>beta = 1/2, 2/3 and 1 are the midpoint, Ralston's and Heun's method.</summary>
    [Theory]
    [InlineData(1.0 / 2, "midpoint")]
    [InlineData(2.0 / 3, "ralston2")]
    [InlineData(1.0, "heun2")]
    public void The_second_order_family_holds_the_known_methods(double beta, string name)
    {
        ButcherTableau known = ButcherTableau.All.First(t => t.Name == name);
        ButcherTableau member = ButcherTableau.SecondOrder("rk2", beta);
        Assert.All(known.B.Zip(member.B), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
        Assert.All(known.C.Zip(member.C), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
    }

    private static double[][] Rows(ButcherTableau tableau) => [.. tableau.A.Select(row => row.ToArray())];
}
