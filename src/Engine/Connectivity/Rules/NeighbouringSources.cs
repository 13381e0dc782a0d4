using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>grid_four</c>, <c>grid_eight</c>, <c>grid_n</c>: the sources around the target's place.</summary>
public sealed class NeighbouringSources(GridNeighbours rule) : SourceRule
{
    private readonly GridSpace space = new(rule.Grid, rule.Reach, rule.Straight ? 1 : double.PositiveInfinity);

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        foreach ((int source, _) in space.Near(target))
        {
            if (rule.IncludeSelf || source != target)
            {
                sources.Add(source);
            }
        }
    }
}
