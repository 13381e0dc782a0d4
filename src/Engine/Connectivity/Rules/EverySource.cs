using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>all_to_all</c>: sources rise.</summary>
public sealed class EverySource(int preSize) : SourceRule
{
    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        for (int source = 0; source < preSize; source++)
        {
            if (source != excluded)
            {
                sources.Add(source);
            }
        }
    }
}
