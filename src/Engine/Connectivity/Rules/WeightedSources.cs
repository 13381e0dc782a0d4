using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>gaussian_weight</c> and <c>dog</c>: the sources whose weight is large enough. <see cref="SynapseValues"/> computes the same weights again for what is here.</summary>
public sealed class WeightedSources(GaussianWeights rule) : SourceRule
{
    private readonly GridSpace space = new(rule.Grid, squaredReach: rule.SquaredReach);

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        foreach ((int source, double squared) in space.Near(target))
        {
            if (source != excluded && rule.Connects(rule.At(squared)))
            {
                sources.Add(source);
            }
        }
    }
}
