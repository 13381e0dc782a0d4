using BrainSim.Engine.Units;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace BrainSim.Engine.Sweeps;

/// <summary>
/// Covariance matrix adaptation: candidates from a normal distribution that learns the shape of the function. Hansen 2016, "The CMA evolution strategy: a tutorial", arXiv:1604.00772;
/// numbers of equations are those of the tutorial, figure 6 and table 1 with positive weights. Begins in the middle of the cube.
/// </summary>
public sealed class CmaEs : ISearch
{
    public const int FewestCandidates = 4;

    /// <summary>Deviation at the start: the middle half of the cube is within one deviation or so.</summary>
    private const double FirstSigma = 0.3;

    /// <summary>A cloud smaller than this part of the cube has found what it can find.</summary>
    private const double SmallestSpread = 1e-12;

    private readonly int n;
    private readonly KeyedRandom random;
    private readonly double[] weights;
    private readonly double muEff, cSigma, dSigma, cC, c1, cMu, chiN;
    private readonly Vector<double> pathSigma, pathC;
    private Vector<double> mean;
    private Matrix<double> covariance;
    private Matrix<double> axes;
    private Vector<double> lengths;
    private double sigma = FirstSigma;
    private long generation;
    private Vector<double>[] steps = [];

    /// <param name="candidates">Of a generation; null for 4 + 3 ln n (eq. 48).</param>
    public CmaEs(int dimensions, int? candidates, KeyedRandom random)
    {
        n = dimensions;
        this.random = random;
        Candidates = candidates ?? 4 + (int)(3 * Elementary.Log(n));
        int mu = Candidates / 2;
        double[] raw = [.. Enumerable.Range(1, mu).Select(i => Elementary.Log((Candidates + 1) / 2.0) - Elementary.Log(i))];
        weights = [.. raw.Select(w => w / raw.Sum())];
        muEff = 1 / weights.Sum(w => w * w);
        cC = (4 + (muEff / n)) / (n + 4 + (2 * muEff / n));
        cSigma = (muEff + 2) / (n + muEff + 5);
        dSigma = 1 + (2 * Math.Max(0, Math.Sqrt((muEff - 1) / (n + 1)) - 1)) + cSigma;
        c1 = 2 / (((n + 1.3) * (n + 1.3)) + muEff);
        cMu = Math.Min(1 - c1, 2 * (muEff - 2 + (1 / muEff)) / (((n + 2.0) * (n + 2.0)) + muEff));
        chiN = Math.Sqrt(n) * (1 - (1 / (4.0 * n)) + (1 / (21.0 * n * n)));
        mean = Vector<double>.Build.Dense(n, 0.5);
        pathSigma = Vector<double>.Build.Dense(n);
        pathC = Vector<double>.Build.Dense(n);
        covariance = Matrix<double>.Build.DenseIdentity(n);
        axes = Matrix<double>.Build.DenseIdentity(n);
        lengths = Vector<double>.Build.Dense(n, 1);
    }

    public int Candidates { get; }

    /// <summary>Candidates outside the cube are folded back in, at its walls as at mirrors; the strategy learns from where they were before.</summary>
    public double[][] Ask()
    {
        if (sigma * lengths.Maximum() < SmallestSpread)
        {
            return [];
        }

        steps = [.. Enumerable.Range(0, Candidates).Select(c => axes * Normals(c).PointwiseMultiply(lengths))];
        return [.. steps.Select(step => (mean + (sigma * step)).Select(Mirrored).ToArray())];
    }

    public void Tell(double[] values)
    {
        // Equal values keep the order in which they were drawn.
        Vector<double>[] best = [.. Enumerable.Range(0, Candidates).OrderBy(c => values[c]).ThenBy(c => c).Take(weights.Length).Select(c => steps[c])];
        if (double.IsPositiveInfinity(values.Min()))
        {
            generation++;
            return;
        }

        Vector<double> move = Vector<double>.Build.Dense(n);
        for (int i = 0; i < best.Length; i++)
        {
            move += weights[i] * best[i];
        }

        mean += sigma * move;
        AdaptPaths(move, out bool stalls);
        AdaptCovariance(best, stalls);
        sigma *= Elementary.Exp(Math.Min(1, cSigma / dSigma * ((Norm(pathSigma) / chiN) - 1)));
        generation++;
    }

    /// <summary>Eqs. 43 and 45.</summary>
    /// <param name="stalls">True while the step size grows too fast for the path to be trusted (h_sigma = 0).</param>
    private void AdaptPaths(Vector<double> move, out bool stalls)
    {
        Vector<double> whitened = axes * (axes.TransposeThisAndMultiply(move)).PointwiseDivide(lengths);
        ((1 - cSigma) * pathSigma + (Math.Sqrt(cSigma * (2 - cSigma) * muEff) * whitened)).CopyTo(pathSigma);
        double expected = Math.Sqrt(1 - Elementary.Pow(1 - cSigma, 2 * (generation + 1)));
        stalls = Norm(pathSigma) / expected >= (1.4 + (2 / (n + 1.0))) * chiN;
        ((1 - cC) * pathC + ((stalls ? 0 : Math.Sqrt(cC * (2 - cC) * muEff)) * move)).CopyTo(pathC);
    }

    /// <summary>Eq. 47.</summary>
    private void AdaptCovariance(Vector<double>[] best, bool stalls)
    {
        double lost = stalls ? cC * (2 - cC) : 0;
        covariance = ((1 - c1 - cMu + (c1 * lost)) * covariance) + (c1 * pathC.OuterProduct(pathC));
        for (int i = 0; i < best.Length; i++)
        {
            covariance += cMu * weights[i] * best[i].OuterProduct(best[i]);
        }

        Evd<double> eigen = covariance.Evd(Symmetricity.Symmetric);
        axes = eigen.EigenVectors;
        lengths = eigen.EigenValues.Map(value => Math.Sqrt(Math.Max(value.Real, 1e-30)));
    }

    private Vector<double> Normals(int candidate) =>
        Vector<double>.Build.Dense(n, d => random.StandardNormal((uint)((candidate * n) + d), generation));

    private static double Norm(Vector<double> x)
    {
        double sum = 0;
        foreach (double item in x)
        {
            sum += item * item;
        }

        return Math.Sqrt(sum);
    }

    private static double Mirrored(double x)
    {
        double folded = Math.Abs(x) % 2;
        return folded > 1 ? 2 - folded : folded;
    }
}
