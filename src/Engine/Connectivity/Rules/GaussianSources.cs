using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>gaussian_prob</c>: each source with a probability that falls with its distance, independently. Every source within reach takes one draw.</summary>
public sealed class GaussianSources(GaussianProbability rule, KeyedRandom key) : SourceRule
{
    /// <summary>2^-53: a draw falls below a smaller probability only where it is 0, so such a probability is taken as none. Its distance is 8.6 sigma.</summary>
    private const double Smallest = 1.1102230246251565e-16;

    private readonly double least = Math.Max(rule.Least, Smallest);
    private readonly GridSpace space = new(rule.Grid, squaredReach: Bell.SquaredReach(rule.Sigma, Math.Max(rule.Least, Smallest)));

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        KeyedStream stream = key.Stream((uint)target, 0);
        foreach ((int source, double squared) in space.Near(target))
        {
            double probability = rule.At(squared);
            bool joined = stream.NextUnit() < probability && probability >= least;
            if (joined && source != excluded)
            {
                sources.Add(source);
            }
        }
    }
}
