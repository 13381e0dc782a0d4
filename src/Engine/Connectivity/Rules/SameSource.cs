using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>one_to_one</c>: the source has the target's id.</summary>
public sealed class SameSource : SourceRule
{
    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        if (target != excluded)
        {
            sources.Add(target);
        }
    }
}
