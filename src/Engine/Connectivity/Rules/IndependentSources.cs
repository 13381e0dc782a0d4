using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary><c>fixed_prob</c>: every pair with the same probability, independently; sources rise.</summary>
public sealed class IndependentSources(double probability, int preSize, KeyedRandom key) : SourceRule
{
    /// <summary>Gaps between connected sources are geometric: floor(ln u / ln(1 - p)). Fan, Muller and Rezucha 1962. 0 for p = 1.</summary>
    private readonly double scale = 1 / Elementary.Log1p(-probability);

    public override void AddSources(int target, int excluded, NativeArray<int> sources)
    {
        if (probability <= 0)
        {
            return;
        }

        KeyedStream stream = key.Stream((uint)target, 0);
        for (double source = Gap(ref stream); source < preSize; source += 1 + Gap(ref stream))
        {
            if ((int)source != excluded)
            {
                sources.Add((int)source);
            }
        }
    }

    private double Gap(ref KeyedStream stream) => Math.Floor(Elementary.Log(stream.NextOpen()) * scale);
}
