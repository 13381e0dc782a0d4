using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>fixed_pre_num</c> with multapses: every target draws so many sources with replacement; they stay in the order drawn.</summary>
public sealed class RepeatedSources(int count, int preSize, KeyedRandom key) : SourceRule
{
    private readonly PhiloxKeys keys = new(key);

    public override void AddSources(int target, int excluded, NativeArray<int> sources) =>
        new UniformSource(preSize, excluded).Draw(keys, target, count, sources);
}
