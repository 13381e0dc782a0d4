using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>fixed_pre_num</c> with multapses: every target draws so many sources with replacement; they stay in the order drawn.</summary>
public sealed class RepeatedSources(int count, int preSize, KeyedRandom key) : SourceRule
{
    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        KeyedStream stream = key.Stream((uint)target, 0);
        UniformSource uniform = new(preSize, excluded);
        for (int s = 0; s < count; s++)
        {
            sources.Add(uniform.Draw(ref stream));
        }
    }
}
