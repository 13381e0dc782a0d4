using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Kernels;

/// <summary>Where a synaptic variable is kept, from the smallest place to the largest.</summary>
public enum Home
{
    /// <summary>With the target, as the sum over its synapses.</summary>
    Summed,

    /// <summary>With the source: one for all its synapses.</summary>
    Source,

    /// <summary>With the target: one for all its synapses.</summary>
    Target,

    Synapse,
}

/// <summary>
/// Finds the smallest place for each variable of a projection's synapses. All begin in the smallest; one for which the text gives a reason against its
/// place moves to the next, which may give others a reason; until nothing moves.
/// </summary>
internal sealed class VariableHomes
{
    private readonly SynapseRules rules;
    private readonly bool targetTestsSpikes;
    private readonly Dictionary<string, Home> homes = [];
    private readonly Dictionary<string, string> reasons = [];

    public VariableHomes(SynapseRules rules, ModelSpec post)
    {
        this.rules = rules;
        targetTestsSpikes = post.Spike is { IsReplay: false };
        foreach (string variable in rules.Variables)
        {
            homes[variable] = variable == Scope.Weight ? Home.Synapse : Home.Summed;
            reasons[variable] = variable == Scope.Weight ? "its rules change it" : "";
        }

        while (rules.Variables.Any(Moves))
        {
        }
    }

    /// <summary>Null for what is no variable of the synapses.</summary>
    public Home? Of(string name) => homes.TryGetValue(name, out Home home) ? home : null;

    /// <summary>What spoke against every smaller place; empty for the smallest.</summary>
    public string Reason(string variable) => reasons[variable];

    public IEnumerable<string> In(Home home) => rules.Variables.Where(v => homes[v] == home);

    private bool Moves(string variable)
    {
        (string Word, string? Against) found = homes[variable] switch
        {
            Home.Summed => ("no sum per target", AgainstSum(variable)),
            Home.Source => ("not per source", AgainstSource(variable)),
            Home.Target => ("not per target", AgainstTarget(variable)),
            _ => ("", null),
        };
        if (found.Against is null)
        {
            return false;
        }

        homes[variable]++;
        reasons[variable] += $"{(reasons[variable].Length > 0 ? "; " : "")}{found.Word}: {found.Against}";
        return true;
    }

    private bool IsSummed(string name) => Of(name) == Home.Summed;

    /// <summary>A sum obeys the equation of its parts where that is linear without a constant part, and the same for all of them.</summary>
    private string? AgainstSum(string variable) =>
        rules.InitialOf(variable) is not Number { Value: 0 } ? $"{variable} does not begin at 0"
        : rules.Clips.Any(c => c.Name == variable) ? $"{variable} is clipped"
        : rules.Updates.Any(d => d.Name == variable) ? $"{variable} has an update"
        : rules.OnPost.Any(d => d.Name == variable) ? "spikes of the target change it"
        : AgainstJumps(variable)
        ?? ReaderOf(variable)
        ?? rules.Equations.Where(d => d.Name == variable).Select(d => AgainstLinear(d.Value, $"d{variable}/dt")).FirstOrDefault(r => r is not null)
        ?? (rules.Current is null ? null : SynapseRules.Terms(rules.Current).Where(t => t.Mentions(variable)).Select(t => AgainstLinear(t, "the current")).FirstOrDefault(r => r is not null));

    private string? AgainstJumps(string variable)
    {
        Definition[] onPre = [.. rules.OnPre.Where(d => d.Name == variable)];
        if (onPre.Length > 1)
        {
            return "on_pre changes it twice";
        }

        foreach (Definition rule in onPre)
        {
            Polynomial polynomial = Polynomial.Of(rule.Value, variable);
            if (polynomial.Coefficient(1) is not Number { Value: 1 } || polynomial.Rest.Mentions(variable))
            {
                return $"at a spike it becomes {rule.Value}, which is not itself plus a jump";
            }
        }

        return null;
    }

    private string? ReaderOf(string variable)
    {
        IEnumerable<(string What, Expr Value)> readers =
        [
            .. rules.OnPre.Where(d => d.Name != variable).Select(d => ($"on_pre of {d.Name}", d.Value)),
            .. rules.OnPost.Select(d => ($"on_post of {d.Name}", d.Value)),
            .. rules.Updates.Select(d => ($"the update of {d.Name}", d.Value)),
            .. rules.Equations.Where(d => !IsSummed(d.Name)).Select(d => ($"d{d.Name}/dt", d.Value)),
        ];
        return readers.Where(r => r.Value.Mentions(variable)).Select(r => $"{r.What} reads that of each synapse").FirstOrDefault();
    }

    private string? AgainstLinear(Expr expr, string what)
    {
        string[] summed = [.. rules.Variables.Where(IsSummed)];
        foreach (string variable in summed)
        {
            Expr coefficient = Algebra.Simplify(Derivative.Of(expr, variable));
            if (Rewriting.NamesIn(coefficient).FirstOrDefault(IsSummed) is { } other)
            {
                return $"{what} is not linear: its part in {variable} depends on {other}";
            }
        }

        Dictionary<string, Expr> atZero = summed.ToDictionary(v => v, _ => (Expr)0.0);
        return Algebra.Simplify(Rewriting.Substitute(expr, atZero)) is not Number { Value: 0 } and var rest ? $"{what} has the part {rest}"
            : Rewriting.NamesIn(expr).FirstOrDefault(n => DiffersBetweenSynapses(n) || Of(n) is Home.Source or Home.Synapse) is { } own ? $"{what} depends on {own}"
            : null;
    }

    private string? AgainstSource(string variable) =>
        !rules.HasOneDelay ? "the synapses of a source have delays of their own"
        : rules.OnPost.Any(d => d.Name == variable) ? "spikes of the target change it"
        : AgainstNames(variable, n => DiffersBetweenSynapses(n) || IsOfTarget(n) || Of(n) is Home.Target or Home.Synapse)
        ?? SolvedWith(variable);

    private string? AgainstTarget(string variable) =>
        rules.OnPre.Any(d => d.Name == variable) ? "spikes of the source change it"
        : rules.OnPost.Any(d => d.Name == variable) && !targetTestsSpikes ? "the target replays its spikes"
        : AgainstNames(variable, n => DiffersBetweenSynapses(n) || Of(n) is Home.Source or Home.Synapse)
        ?? (IsReadBeforeChanged(variable) ? "on_post reads it before it changes it" : null)
        ?? SolvedWith(variable);

    private string? AgainstNames(string variable, Predicate<string> isAgainst)
    {
        foreach ((string what, Expr value) in rules.ValuesOf(variable))
        {
            if (Rewriting.NamesIn(value).FirstOrDefault(n => isAgainst(n)) is { } name)
            {
                return $"{what} depends on {name}";
            }
        }

        return null;
    }

    /// <summary>Variables of synapses are advanced before those of sources and targets, so a solver that looks ahead, or a rule that comes after the equations, needs them side by side.</summary>
    private string? SolvedWith(string variable) =>
        !rules.HasOneStage && rules.Equations.FirstOrDefault(d => Of(d.Name) == Home.Synapse && d.Value.Mentions(variable)) is { } equation ? $"it is solved together with d{equation.Name}/dt"
        : rules.Updates.FirstOrDefault(d => Of(d.Name) == Home.Synapse && d.Value.Mentions(variable)) is { } update ? $"the update of {update.Name} follows its equation"
        : null;

    private bool IsReadBeforeChanged(string variable)
    {
        int lastChange = rules.OnPost.Select(d => d.Name).ToList().LastIndexOf(variable);
        return rules.OnPost.Take(Math.Max(0, lastChange)).Any(d => Of(d.Name) == Home.Synapse && d.Value.Mentions(variable));
    }

    private bool DiffersBetweenSynapses(string name) => name switch
    {
        Scope.Weight => !rules.HasOneWeight,
        Scope.Delay => !rules.HasOneDelay,
        _ => name.StartsWith(Scope.Pre, StringComparison.Ordinal),
    };

    private static bool IsOfTarget(string name) => name.StartsWith(Scope.Post, StringComparison.Ordinal);
}
