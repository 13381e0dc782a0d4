using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>A rule turned round: <c>fixed_post_num</c> gives each source its targets as <c>fixed_pre_num</c> gives each target its sources.</summary>
public static class OutgoingEdges
{
    /// <param name="rule">Asked for the partners of every source.</param>
    public static IEnumerable<(int Source, int Target)> Of(SourceRule rule, int preSize, bool withoutSelf)
    {
        using NativeArray<int> partners = new(0);
        for (int source = 0; source < preSize; source++)
        {
            partners.Clear();
            rule.AddSources(source, withoutSelf ? source : SourceRule.None, partners);
            for (long k = 0; k < partners.Length; k++)
            {
                yield return (source, partners[k]);
            }
        }
    }
}
