using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>gaussian_prob</c>: each source with a probability that falls with its distance, independently.</summary>
/// <remarks>
/// Most sources within reach are far ones with hardly a chance. So of the far ones each is first considered with the probability <see cref="Far"/>, which geometric gaps
/// do without a draw for each, and then joined with what is left of its own. Source: thinning, Lewis and Shedler 1979.
/// </remarks>
public sealed class GaussianSources(GaussianProbability rule, KeyedRandom key) : SourceRule
{
    /// <summary>2^-53: a draw falls below a smaller probability only where it is 0, so such a probability is taken as none. Its distance is 8.6 sigma.</summary>
    private const double Smallest = 1.1102230246251565e-16;

    /// <summary>The largest probability of a far source, at 2.6 sigma.</summary>
    private const double Far = 1.0 / 32;

    private readonly double least = Math.Max(rule.Least, Smallest);
    private readonly double farFrom = Bell.SquaredReach(rule.Sigma, Far);
    private readonly double gapScale = 1 / Elementary.Log1p(-Far);
    private readonly GridSpace space = new(rule.Grid, squaredReach: Bell.SquaredReach(rule.Sigma, Math.Max(rule.Least, Smallest)));

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        KeyedStream stream = key.Stream((uint)target, 0);
        double gap = Gap(ref stream);
        foreach ((int source, double squared) in space.Near(target))
        {
            bool isFar = squared > farFrom;
            if (isFar && gap-- > 0)
            {
                continue;
            }

            double probability = rule.At(squared);
            bool joined = stream.NextUnit() < (isFar ? probability / Far : probability) && probability >= least;
            gap = isFar ? Gap(ref stream) : gap;
            if (joined && source != excluded)
            {
                sources.Add(source);
            }
        }
    }

    /// <summary>Far sources that are passed over.</summary>
    private double Gap(ref KeyedStream stream) => Math.Floor(Elementary.Log(stream.NextOpen()) * gapScale);
}
