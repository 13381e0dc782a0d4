using BrainSim.Engine.Integrators;
using Xunit;

namespace BrainSim.Tests.Numerics;

/// <summary>Scaling by 2^s and squaring s times doubles the relative error each time: about 2^s roundings of the result's norm in all, 1e-15 of norm each.</summary>
public sealed class MatrixExponentialTests
{
    [Fact]
    public void Zero_gives_the_identity() => AssertClose(new double[,] { { 1, 0 }, { 0, 1 } }, MatrixExponential.Of(new double[2, 2]), 0);

    /// <summary>N^3 = 0, so the series ends: I + N + N²/2.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1e-8)]
    [InlineData(100)]
    public void Nilpotent(double size)
    {
        double[,] n = { { 0, 1 * size, 2 * size }, { 0, 0, 3 * size }, { 0, 0, 0 } };
        AssertClose(new double[,] { { 1, size, (2 * size) + (1.5 * size * size) }, { 0, 1, 3 * size }, { 0, 0, 1 } }, MatrixExponential.Of(n), 1e-15);
    }

    /// <summary>The generator of rotations: norm = angle, so the error is about 1e-15 times the angle.</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(Math.PI)]
    [InlineData(100)]
    [InlineData(10_000)]
    public void Rotation(double angle) => AssertClose(
        new[,] { { Math.Cos(angle), -Math.Sin(angle) }, { Math.Sin(angle), Math.Cos(angle) } },
        MatrixExponential.Of(new[,] { { 0, -angle }, { angle, 0 } }),
        1e-15 * Math.Max(1, angle));

    [Fact]
    public void Diagonal()
    {
        double[] d = [-700, -5, -1e-9, 0, 1, 5];
        double[,] matrix = new double[d.Length, d.Length];
        double[,] expected = new double[d.Length, d.Length];
        for (int i = 0; i < d.Length; i++)
        {
            matrix[i, i] = d[i];
            expected[i, i] = Math.Exp(d[i]);
        }

        // Each entry by itself. |d| up to 700 needs 11 squarings: 2^11 times the rounding of the series, and 2^11 roundings of the squarings.
        double[,] result = MatrixExponential.Of(matrix);
        for (int i = 0; i < d.Length; i++)
        {
            Assert.Equal(expected[i, i], result[i, i], Math.ScaleB(1, 12 - 53) * expected[i, i]);
        }
    }

    /// <summary>A large norm with a small result: eigenvalues -1 and -1e6, e^M = V e^D V^-1 with V = [1 1; 0 1].</summary>
    [Fact]
    public void Stiff()
    {
        double[,] m = { { -1, 1 - 1e6 }, { 0, -1e6 } };
        double decay = Math.Exp(-1);
        AssertClose(new[,] { { decay, -decay }, { 0, 0 } }, MatrixExponential.Of(m), 1e6 * 1e-15);
    }

    /// <summary>A defective matrix: e^t [1 t; 0 1].</summary>
    [Fact]
    public void Jordan_block() =>
        AssertClose(new[,] { { Math.Exp(-3), Math.Exp(-3) }, { 0, Math.Exp(-3) } }, MatrixExponential.Of(new double[,] { { -3, 1 }, { 0, -3 } }), 1e-15);

    /// <param name="tolerance">Relative to the largest entry, at least 1.</param>
    private static void AssertClose(double[,] expected, double[,] actual, double tolerance)
    {
        double size = Math.Max(1, expected.Cast<double>().Max(Math.Abs));
        Assert.All(expected.Cast<double>().Zip(actual.Cast<double>()), pair => Assert.Equal(pair.First, pair.Second, tolerance * size));
    }
}
