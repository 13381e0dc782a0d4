namespace BrainSim.Engine.Integrators;

/// <summary>e^M of a small matrix by scaling, Taylor series and squaring. Moler and Van Loan 2003, SIAM Review 45:3, method 3.</summary>
public static class MatrixExponential
{
    /// <summary>With a norm of at most 1/2, the first term left out is below 2^-18/18! = 6e-22.</summary>
    private const int Terms = 18;

    private const double LargestNorm = 0.5;

    /// <summary>Every squaring doubles the relative error: about 1e-15 times the norm, 1e-15 below norm 1, relative to the largest entry.</summary>
    public static double[,] Of(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        double norm = Enumerable.Range(0, n).Max(i => Enumerable.Range(0, n).Sum(j => Math.Abs(matrix[i, j])));
        if (!double.IsFinite(norm))
        {
            throw new SolverException("exact needs finite coefficients, and with these parameters one of them is not");
        }

        int squarings = norm > LargestNorm ? (int)Math.Ceiling(Math.Log2(norm / LargestNorm)) : 0;
        double[,] scaled = Scaled(matrix, Math.ScaleB(1, -squarings));
        double[,] result = Identity(n);
        for (int term = Terms; term >= 1; term--)
        {
            // Horner: I + M/1 (I + M/2 (I + ...)).
            result = Product(Scaled(scaled, 1.0 / term), result);
            for (int i = 0; i < n; i++)
            {
                result[i, i] += 1;
            }
        }

        for (int s = 0; s < squarings; s++)
        {
            result = Product(result, result);
        }

        return result;
    }

    private static double[,] Identity(int n)
    {
        double[,] identity = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            identity[i, i] = 1;
        }

        return identity;
    }

    private static double[,] Scaled(double[,] a, double factor)
    {
        double[,] scaled = (double[,])a.Clone();
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < a.GetLength(1); j++)
            {
                scaled[i, j] *= factor;
            }
        }

        return scaled;
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        int n = a.GetLength(0);
        double[,] product = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int k = 0; k < n; k++)
                {
                    product[i, j] += a[i, k] * b[k, j];
                }
            }
        }

        return product;
    }
}
