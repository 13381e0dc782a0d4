namespace BrainSim.Engine.Analysis;

/// <summary>
/// How much a population's mean voltage fluctuates, against its neurons' own fluctuations: chi = sqrt(Var(mean of V_i) / mean of Var(V_i)). 1 where all neurons do the
/// same, about 1/sqrt(N) where they ignore each other. Golomb &amp; Rinzel 1993, Phys Rev E 48:4810; Golomb 2007, Scholarpedia 2(1):1347.
/// </summary>
public static class VoltageFluctuation
{
    /// <param name="rows">At least one, each with one number per neuron and gone when the next is asked for. They are gone through twice.</param>
    /// <returns>0 to 1; NaN where no voltage changes.</returns>
    public static double Of(IEnumerable<ArraySegment<double>> rows, int neurons)
    {
        double[] means = new double[neurons];
        long length = 0;
        foreach (ArraySegment<double> row in rows)
        {
            length++;
            for (int neuron = 0; neuron < neurons; neuron++)
            {
                means[neuron] += row[neuron];
            }
        }

        for (int neuron = 0; neuron < neurons; neuron++)
        {
            means[neuron] /= length;
        }

        double own = 0;
        double common = 0;
        foreach (ArraySegment<double> row in rows)
        {
            double sum = 0;
            for (int neuron = 0; neuron < neurons; neuron++)
            {
                double deviation = row[neuron] - means[neuron];
                own += deviation * deviation;
                sum += deviation;
            }

            common += sum / neurons * (sum / neurons);
        }

        return Math.Sqrt(common / (own / neurons));
    }
}
