using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Integrators;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Kernels;

/// <summary>
/// Decides where a projection's synaptic state lives. Kept per target, all synapses onto a neuron share one set of variables: right
/// where their dynamics are linear without a constant part and jumps do not depend on the state, since then sums obey the same equations.
/// A synapse without state has nothing to keep: its current is computed for every synapse in every step, and only the sums go to the target.
/// </summary>
public sealed class SynapsePlacement
{
    private readonly ProjectionSpec projection;
    private readonly ModelSpec synapse;
    private readonly ModelSpec post;
    private readonly IReadOnlyDictionary<string, Expr> lets;
    private readonly Dictionary<string, Expr> renamed = [];

    private SynapsePlacement(ProjectionSpec projection, ModelSpec post)
    {
        this.projection = projection;
        this.post = post;
        synapse = projection.Synapse;
        lets = EquationSystem.Inlined(synapse.Lets);
        foreach (string name in synapse.State.Select(s => s.Name).Concat(synapse.Parameters.Select(p => p.Name)))
        {
            renamed[name] = new Name(Own(name));
        }

        foreach (string name in post.State.Select(s => s.Name).Concat(post.Parameters.Select(p => p.Name)))
        {
            renamed[Scope.Post + name] = new Name(name);
        }
    }

    /// <summary>State variables as columns of the target.</summary>
    public ImmutableArray<string> State { get; private set; } = [];

    /// <summary>Equations over those columns and the target's names.</summary>
    public ImmutableArray<Definition> Equations { get; private set; } = [];

    public ImmutableArray<Jump> Jumps { get; private set; } = [];

    /// <summary>What is added to <see cref="CurrentTo"/>; null where the synapse gives no current.</summary>
    public Expr? Current { get; private set; }

    /// <summary>The current of one synapse, of a synapse without state, over <c>pre.X</c>, weight and the target's names; else null.</summary>
    public Expr? CurrentOfEach { get; private set; }

    public string CurrentTo { get; private set; } = "";

    public ModelSpec Synapse => synapse;

    /// <exception cref="SolverException">The state cannot be kept per target; the message says why.</exception>
    public static SynapsePlacement Of(ProjectionSpec projection, ModelSpec post)
    {
        SynapsePlacement placement = new(projection, post);
        placement.PlaceDynamics();
        placement.PlaceJumps();
        placement.PlaceCurrent();
        return placement;
    }

    private string Own(string name) => $"{projection.Name}.{name}";

    private IEnumerable<string> OwnState => synapse.State.Select(s => s.Name);

    private void PlaceDynamics()
    {
        foreach (StateVariable variable in synapse.State)
        {
            if (projection.Initial.First(v => v.Name == variable.Name).Value.Constant is not 0.0)
            {
                throw PerSynapse($"{variable.Name} does not begin at 0");
            }
        }

        foreach (Definition equation in synapse.Equations)
        {
            RequireLinear(Inlined(equation.Value), $"d{equation.Name}/dt");
        }

        State = [.. OwnState.Select(Own)];
        Equations = [.. synapse.Equations.Select(e => new Definition(Own(e.Name), Renamed(Inlined(e.Value)), e.Place))];
    }

    private void PlaceJumps()
    {
        ImmutableArray<Jump>.Builder jumps = ImmutableArray.CreateBuilder<Jump>();
        foreach (Definition onPre in synapse.OnPre)
        {
            bool onPost = onPre.Name.StartsWith(Scope.Post, StringComparison.Ordinal);
            Polynomial polynomial = Polynomial.Of(Inlined(onPre.Value), onPre.Name);
            Expr size = polynomial.Rest;
            if (polynomial.Coefficient(1) is not Number { Value: 1 } || size.Mentions(onPre.Name))
            {
                throw PerSynapse($"at a spike {onPre.Name} becomes {onPre.Value}, which is not itself plus a jump");
            }

            string bare = onPost ? onPre.Name[Scope.Post.Length..] : onPre.Name;
            if (Rewriting.NamesIn(size).FirstOrDefault(IsOfSource) is { } source)
            {
                throw new SolverException($"{synapse.Name} changes {onPre.Name} by {size} at a spike, and {source} can be read only in a current: what arrives left its source in an earlier step");
            }

            if (Rewriting.NamesIn(size).FirstOrDefault(IsVariable) is { } variable)
            {
                throw PerSynapse($"the jump of {onPre.Name} depends on {variable}");
            }

            bool held = onPost && (post.Spike?.Hold.Contains(bare) ?? false);
            jumps.Add(new Jump(onPost ? bare : Own(bare), Renamed(size), held));
        }

        Jumps = jumps.ToImmutable();
    }

    private void PlaceCurrent()
    {
        if (synapse.Current is not { } current)
        {
            return;
        }

        Expr value = Inlined(current.Value);
        CurrentTo = current.To ?? post.Inputs[0];
        if (!synapse.State.IsEmpty)
        {
            RequireLinear(value, "the current");
            Current = Renamed(value);
            return;
        }

        if (value.Mentions(Scope.Delay))
        {
            throw new SolverException($"{synapse.Name} has no state, so its current acts in every step without delay, and cannot depend on {Scope.Delay}");
        }

        CurrentOfEach = Renamed(value);
        Current = new Name(SumOfCurrents);
    }

    /// <summary>The target's column for the sum of <see cref="CurrentOfEach"/>.</summary>
    public string SumOfCurrents => $"current of {projection.Name}";

    /// <summary>Linear in the synapse's own state together, without a constant part, and free of what differs between synapses.</summary>
    private void RequireLinear(Expr expr, string what)
    {
        foreach (string variable in OwnState)
        {
            Expr coefficient = Algebra.Simplify(Derivative.Of(expr, variable));
            if (Rewriting.NamesIn(coefficient).FirstOrDefault(n => OwnState.Contains(n)) is { } other)
            {
                throw PerSynapse($"{what} is not linear: its part in {variable} depends on {other}");
            }
        }

        Dictionary<string, Expr> atZero = OwnState.ToDictionary(v => v, _ => (Expr)0.0);
        if (Algebra.Simplify(Rewriting.Substitute(expr, atZero)) is not Number { Value: 0 } and var rest)
        {
            throw PerSynapse($"{what} has the part {rest}, which would count once per synapse");
        }

        if (Rewriting.NamesIn(expr).FirstOrDefault(n => n is Scope.Weight or Scope.Delay || IsOfSource(n)) is { } own)
        {
            throw PerSynapse($"{what} depends on {own}");
        }
    }

    private static bool IsOfSource(string name) => name.StartsWith(Scope.Pre, StringComparison.Ordinal);

    private bool IsVariable(string name) =>
        OwnState.Contains(name)
        || name is Scope.Time
        || (name.StartsWith(Scope.Post, StringComparison.Ordinal) && post.HasState(name[Scope.Post.Length..]));

    private Expr Inlined(Expr expr) => EquationSystem.WithLets(expr, lets);

    private Expr Renamed(Expr expr) => Rewriting.Substitute(expr, renamed);

    private SolverException PerSynapse(string reason) =>
        new($"{synapse.Name} needs state of its own for every synapse ({reason}), and this version keeps synaptic state per target only");
}
