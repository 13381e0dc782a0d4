using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>
/// <c>fixed_pre_num</c>: every target draws so many different sources, each set with the same probability, in one draw and one step each.
/// They stay in the order found. Source: Floyd's algorithm, in Bentley 1987, Commun ACM 30:754.
/// </summary>
public sealed class DistinctSources(int count, int preSize, KeyedRandom key) : SourceRule
{
    private const int Bits = 64;

    /// <summary>One bit per source, set while it is taken for the target at hand.</summary>
    private readonly ulong[] taken = new ulong[(preSize + Bits - 1) / Bits];

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        KeyedStream stream = key.Stream((uint)target, 0);
        UniformSource uniform = new(preSize, excluded);
        long first = sources.Length;
        for (int last = uniform.Choices - count; last < uniform.Choices; last++)
        {
            int source = uniform.Numbered((int)(stream.NextUnit() * (last + 1.0)));
            if (!Take(source))
            {
                source = uniform.Numbered(last);
                Take(source);
            }

            sources.Add(source);
        }

        for (long s = first; s < sources.Length; s++)
        {
            taken[sources[s] / Bits] = 0;
        }
    }

    /// <summary>False where it was taken before.</summary>
    private bool Take(int source)
    {
        ref ulong word = ref taken[source / Bits];
        ulong bit = 1UL << (source % Bits);
        bool free = (word & bit) == 0;
        word |= bit;
        return free;
    }
}
