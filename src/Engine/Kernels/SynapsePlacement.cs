using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Integrators;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Kernels;

/// <summary>
/// A projection's synapses as their target's program sees them: the variables that are kept with the target, what spikes add to its columns, and the current,
/// in which what depends on single synapses is a column of sums. <see cref="VariableHomes"/> decides where variables live; <see cref="SynapseProgram"/> does the rest.
/// A synapse without variables has nothing to keep: its current is computed for every synapse in every step, and only the sums go to the target.
/// </summary>
internal sealed class SynapsePlacement
{
    private readonly ProjectionSpec projection;
    private readonly ModelSpec synapse;
    private readonly ModelSpec post;
    private readonly Dictionary<string, Expr> renamed = [];

    private SynapsePlacement(ProjectionSpec projection, ModelSpec post)
    {
        this.projection = projection;
        this.post = post;
        synapse = projection.Synapse;
        Rules = new SynapseRules(projection);
        Homes = new VariableHomes(Rules, post);
        string[] own = [.. Rules.Variables, .. synapse.Parameters.Select(p => p.Name), .. Rules.HasOneWeight ? [Scope.Weight] : Array.Empty<string>(), .. Rules.HasOneDelay ? [Scope.Delay] : Array.Empty<string>()];
        foreach (string name in own)
        {
            renamed[name] = new Name(Own(name));
        }

        foreach (string name in post.State.Select(s => s.Name).Concat(post.Parameters.Select(p => p.Name)))
        {
            renamed[Scope.Post + name] = new Name(name);
        }
    }

    public SynapseRules Rules { get; }

    public VariableHomes Homes { get; }

    /// <summary>Columns of the target and their first values: sums, and variables that all synapses of a target share.</summary>
    public ImmutableArray<Column> Columns { get; private set; } = [];

    /// <summary>Equations over those columns and the target's names.</summary>
    public ImmutableArray<Definition> Equations { get; private set; } = [];

    /// <summary>Rules of those columns that follow the equations.</summary>
    public ImmutableArray<Definition> Updates { get; private set; } = [];

    /// <summary>What the target's own spikes do to those columns, in order.</summary>
    public ImmutableArray<Definition> OnPost { get; private set; } = [];

    /// <summary>What an arriving spike adds to columns of the target.</summary>
    public ImmutableArray<Jump> Jumps { get; private set; } = [];

    /// <summary>Jumps depend on the moment: on variables of the synapse, or the state of the target.</summary>
    public bool JumpsVary { get; private set; }

    /// <summary>What is added to <see cref="CurrentTo"/>; null where the synapse gives no current.</summary>
    public Expr? Current { get; private set; }

    /// <summary>The current of one synapse, of a synapse without variables, over <c>pre.X</c>, weight and the target's names; else null.</summary>
    public Expr? CurrentOfEach { get; private set; }

    /// <summary>Columns of the target that are sums over synapses, and what is summed, where it depends on variables of sources or synapses.</summary>
    public ImmutableArray<Definition> Sums { get; private set; } = [];

    public string CurrentTo { get; private set; } = "";

    /// <summary>The target's column for the sum of <see cref="CurrentOfEach"/>.</summary>
    public string SumOfCurrents => $"current of {projection.Name}";

    /// <summary>Something is kept or computed for sources or synapses.</summary>
    public bool NeedsProgram => JumpsVary || !Sums.IsEmpty || Rules.Variables.Any(v => Homes.Of(v) is Home.Source or Home.Synapse);

    /// <summary>The target's program, or that of sources and synapses, reads a name of the projection.</summary>
    public bool Reads(string name)
    {
        IEnumerable<Expr> rules = Rules.OnPre.Concat(Rules.OnPost).Concat(Rules.Equations).Concat(Rules.Updates).Select(d => d.Value).Concat(Rules.Current is null ? [] : new[] { Rules.Current });
        return NeedsProgram
            ? rules.Any(rule => rule.Mentions(name))
            : Equations.Concat(Updates).Concat(OnPost).Select(d => d.Value).Concat(Current is null ? [] : new[] { Current }).Any(rule => rule.Mentions(Own(name)));
    }

    /// <exception cref="SolverException">The synapses cannot be done; the message says why.</exception>
    public static SynapsePlacement Of(ProjectionSpec projection, ModelSpec post)
    {
        SynapsePlacement placement = new(projection, post);
        placement.RefuseWhatLeftItsSource();
        placement.PlaceVariables();
        placement.PlaceJumps();
        placement.PlaceCurrent();
        return placement;
    }

    public string Own(string name) => $"{projection.Name}.{name}";

    /// <summary>Over columns of the target, <c>pre.X</c>, and the projection's own names.</summary>
    public Expr Renamed(Expr expr) => Rewriting.Substitute(expr, renamed);

    /// <summary>A new value of a variable, within its bounds.</summary>
    public Expr Clipped(string variable, Expr value) =>
        Rules.Clips.FirstOrDefault(c => c.Name == variable) is { } clip ? new Call(Op.Clip, value, Renamed(Algebra.Simplify(clip.Low)), Renamed(Algebra.Simplify(clip.High))) : value;

    public Column ColumnOf(string variable, ColumnKind kind) =>
        new(Own(variable), kind, Rules.InitialOf(variable) is Number { Value: 0 } ? null : new InitialExpression(Renamed(Rules.InitialOf(variable)!), ""));

    /// <summary>Where each variable is kept, and why.</summary>
    public IEnumerable<string> Findings() => Rules.Variables.Select(v =>
    {
        string place = Homes.Of(v) switch
        {
            Home.Summed => "summed per target",
            Home.Source => "kept per source",
            Home.Target => "kept per target",
            _ => "kept per synapse",
        };
        return $"{v} {place}{(Homes.Reason(v).Length > 0 ? $" ({Homes.Reason(v)})" : "")}";
    });

    private void RefuseWhatLeftItsSource()
    {
        foreach (Definition onPre in Rules.OnPre)
        {
            if (Rewriting.NamesIn(onPre.Value).FirstOrDefault(n => n.StartsWith(Scope.Pre, StringComparison.Ordinal)) is { } source)
            {
                throw new SolverException($"{synapse.Name} changes {onPre.Name} by {onPre.Value} at a spike, and {source} cannot be read in on_pre: what arrives left its source in an earlier step");
            }
        }
    }

    private void PlaceVariables()
    {
        bool Stays(string name) => Homes.Of(name) is Home.Summed or Home.Target;
        ImmutableArray<Definition> Placed(ImmutableArray<Definition> all) => [.. all.Where(d => Stays(d.Name)).Select(d => d with { Name = Own(d.Name), Value = Renamed(d.Value) })];
        Columns = [.. Homes.In(Home.Summed).Select(v => ColumnOf(v, ColumnKind.Synaptic)), .. Homes.In(Home.Target).Select(v => ColumnOf(v, ColumnKind.Shared))];
        Equations = Placed(Rules.Equations);
        Updates = [.. Rules.Updates.Where(d => Stays(d.Name)).Select(d => d with { Name = Own(d.Name), Value = Clipped(d.Name, Renamed(d.Value)) })];
        OnPost = [.. Rules.OnPost.Where(d => Stays(d.Name)).Select(d => d with { Name = Own(d.Name), Value = Clipped(d.Name, Renamed(d.Value)) })];
    }

    private void PlaceJumps()
    {
        ImmutableArray<Jump>.Builder jumps = ImmutableArray.CreateBuilder<Jump>();
        HashSet<string> changed = [];
        foreach (Definition onPre in Rules.OnPre)
        {
            if (Rewriting.NamesIn(onPre.Value).FirstOrDefault(n => n != onPre.Name && changed.Contains(n)) is { } early)
            {
                throw new SolverException($"on_pre of {synapse.Name} reads {early} after it changed it; write the line for {onPre.Name} above");
            }

            bool onPost = onPre.Name.StartsWith(Scope.Post, StringComparison.Ordinal);
            if (onPost || Homes.Of(onPre.Name) == Home.Summed)
            {
                jumps.Add(JumpOf(onPre, onPost));
            }

            if (onPost && !changed.Add(onPre.Name))
            {
                throw new SolverException($"on_pre of {synapse.Name} changes {onPre.Name} twice; write the sum");
            }
        }

        Jumps = jumps.ToImmutable();
    }

    private Jump JumpOf(Definition onPre, bool onPost)
    {
        Polynomial polynomial = Polynomial.Of(onPre.Value, onPre.Name);
        Expr size = polynomial.Rest;
        if (polynomial.Coefficient(1) is not Number { Value: 1 } || size.Mentions(onPre.Name))
        {
            throw new SolverException($"{synapse.Name} sets {onPre.Name} to {onPre.Value} at a spike, and what arrives can only be added: write {onPre.Name} + ...");
        }

        JumpsVary |= Rewriting.NamesIn(size).Any(Varies);
        string column = onPost ? onPre.Name[Scope.Post.Length..] : Own(onPre.Name);

        // Sizes of jumps that never vary are computed once, by their own names for weight and delay.
        Dictionary<string, Expr> once = new(renamed);
        once.Remove(Scope.Weight);
        once.Remove(Scope.Delay);
        bool lost = onPost && !projection.AddsWhileRefractory && (post.Spike?.Hold.Contains(column) ?? false);
        return new Jump(column, Rewriting.Substitute(size, once), lost);
    }

    private bool Varies(string name) =>
        Homes.Of(name) is not null || name is Scope.Time || (name.StartsWith(Scope.Post, StringComparison.Ordinal) && post.HasState(name[Scope.Post.Length..]));

    private void PlaceCurrent()
    {
        if (Rules.Current is not { } value)
        {
            return;
        }

        CurrentTo = synapse.Current!.To ?? post.Inputs[0];
        if (Rules.Variables.IsEmpty)
        {
            CurrentOfEach = value.Mentions(Scope.Delay)
                ? throw new SolverException($"{synapse.Name} has no state, so its current acts in every step without delay, and cannot depend on {Scope.Delay}")
                : Rewriting.Substitute(value, renamed.Where(r => r.Key != Scope.Weight).ToDictionary());
            Current = new Name(SumOfCurrents);
            return;
        }

        List<Definition> sums = [];
        if (Rewriting.NamesIn(value).All(n => IsKnownToTarget(n) || Homes.Of(n) == Home.Summed) && SynapseRules.Terms(value).All(IsSum))
        {
            Current = Renamed(value);
            return;
        }

        Current = SynapseRules.Terms(value).Aggregate((Expr)0.0, (total, term) => total + (IsSum(term) ? Renamed(term) : SumOver(term, sums)));
        Sums = [.. sums];
    }

    private bool IsSum(Expr term) => Rewriting.NamesIn(term).Any(n => Homes.Of(n) == Home.Summed);

    /// <summary>The part of a term that only the target knows, times the sum of the rest over its synapses.</summary>
    private Expr SumOver(Expr term, List<Definition> sums)
    {
        ILookup<bool, Expr> factors = SynapseRules.Factors(term).ToLookup(f => Rewriting.NamesIn(f).All(IsKnownToTarget));
        Expr summed = factors[false].Aggregate((Expr)1.0, (product, factor) => product * factor);
        string column = sums.Count == 0 ? SumOfCurrents : $"{SumOfCurrents}, part {sums.Count + 1}";
        sums.Add(new Definition(column, Renamed(summed), projection.Place));
        return factors[true].Aggregate((Expr)new Name(column), (product, factor) => product * Renamed(factor));
    }

    private bool IsKnownToTarget(string name) => name switch
    {
        Scope.Weight => Rules.HasOneWeight,
        Scope.Delay => Rules.HasOneDelay,
        _ => Homes.Of(name) is Home.Target || (Homes.Of(name) is null && !name.StartsWith(Scope.Pre, StringComparison.Ordinal)),
    };
}
