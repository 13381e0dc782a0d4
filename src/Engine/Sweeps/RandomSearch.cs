using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>Candidates drawn evenly, each a function of (seed, parameter, candidate). Bergstra and Bengio 2012.</summary>
public sealed class RandomSearch(int dimensions, int batch, KeyedRandom random) : ISearch
{
    private long asked;

    public double[][] Ask()
    {
        double[][] candidates = [.. Enumerable.Range(0, batch).Select(c => Enumerable.Range(0, dimensions).Select(d => random.Uniform((uint)d, asked + c)).ToArray())];
        asked += batch;
        return candidates;
    }

    public void Tell(double[] values)
    {
        // Nothing is learnt from them.
    }
}
