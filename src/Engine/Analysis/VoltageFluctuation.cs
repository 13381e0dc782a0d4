namespace BrainSim.Engine.Analysis;

/// <summary>
/// How much a population's mean voltage fluctuates, against its neurons' own fluctuations: chi = sqrt(Var(mean of V_i) / mean of Var(V_i)). 1 where all neurons do the
/// same, about 1/sqrt(N) where they ignore each other. Golomb &amp; Rinzel 1993, Phys Rev E 48:4810; Golomb 2007, Scholarpedia 2(1):1347.
/// </summary>
public static class VoltageFluctuation
{
    /// <param name="rows">Row by row, one number per neuron and row; at least one row.</param>
    /// <returns>0 to 1; NaN where no voltage changes.</returns>
    public static double Of(ReadOnlySpan<double> rows, int neurons)
    {
        double[] means = new double[neurons];
        for (int at = 0; at < rows.Length; at++)
        {
            means[at % neurons] += rows[at];
        }

        int length = rows.Length / neurons;
        for (int neuron = 0; neuron < neurons; neuron++)
        {
            means[neuron] /= length;
        }

        double own = 0;
        double common = 0;
        for (int row = 0; row < length; row++)
        {
            double sum = 0;
            for (int neuron = 0; neuron < neurons; neuron++)
            {
                double deviation = rows[(row * neurons) + neuron] - means[neuron];
                own += deviation * deviation;
                sum += deviation;
            }

            common += sum / neurons * (sum / neurons);
        }

        return Math.Sqrt(common / (own / neurons));
    }
}
