using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Kernels;

/// <summary>Solves equations of some synaptic variables: adds what the step needs to the statements and returns the new values.</summary>
internal delegate IEnumerable<Assign> SynapseSolver(ImmutableArray<Definition> equations, List<Statement> statements);

/// <summary>Composes what a projection does for its sources and for single synapses.</summary>
internal sealed class SynapseComposer
{
    private readonly NetworkSpec network;
    private readonly ProjectionSpec projection;
    private readonly SynapsePlacement placement;
    private readonly VariableHomes homes;
    private readonly SynapseSolver solve;
    private readonly Func<ImmutableDictionary<string, double>> uniforms;
    private readonly List<Statement> atSource = [];
    private readonly List<Statement> atSynapse = [];

    /// <param name="uniforms">Numbers that hold for all neurons of the target, and of the projection; those that solvers add included.</param>
    public SynapseComposer(NetworkSpec network, ProjectionSpec projection, SynapsePlacement placement, SynapseSolver solve, Func<ImmutableDictionary<string, double>> uniforms)
    {
        (this.network, this.projection, this.placement, this.solve, this.uniforms) = (network, projection, placement, solve, uniforms);
        homes = placement.Homes;
    }

    public SynapseProgram Compose()
    {
        SplitOnPre();
        List<Statement> sourceAdvance = Advance(Home.Source);
        List<Statement> synapseAdvance = Advance(Home.Synapse);
        ILookup<bool, Definition> sums = placement.Sums.ToLookup(s => Rewriting.NamesIn(s.Value).All(IsOfSource));
        Statement[] onPost = [.. placement.Rules.OnPost.Where(d => homes.Of(d.Name) == Home.Synapse).Select(Assigned)];
        return new SynapseProgram
        {
            Projection = projection,
            Variables = [.. homes.In(Home.Synapse).Select(v => (v, v == Scope.Weight ? (double?)null : Initial(v)))],
            SourceVariables = [.. homes.In(Home.Source)],
            Sources = Sources(sourceAdvance, [.. sums[true].Select(s => new Assign(s.Name, s.Value))]),
            SourceEvent = Pass("on_pre of sources", atSource),
            OnPre = Pass("on_pre", atSynapse),
            Jumps = placement.NeedsProgram && AtSynapse ? placement.Jumps : [],
            OnPost = Pass("on_post", onPost),
            Advance = Pass("update of synapses", synapseAdvance),
            Currents = Pass("currents of synapses", [.. sums[false].Select(s => new Assign(s.Name, s.Value))]),
            Sums = [.. sums[false].Select(s => s.Name)],
            SumsOfSources = [.. sums[true].Select(s => s.Name)],
        };
    }

    private bool AtSynapse => atSynapse.Count > 0;

    private double Initial(string variable) => Evaluation.Of(Algebra.Simplify(placement.Renamed(placement.Rules.InitialOf(variable)!)), name => uniforms()[name]);

    private Assign Assigned(Definition rule) => new(placement.Own(rule.Name), placement.Clipped(rule.Name, placement.Renamed(rule.Value)));

    /// <summary>Lines about sources, then lines about synapses; what these read of a source is taken down where they stand in the text.</summary>
    private void SplitOnPre()
    {
        HashSet<string> changing = [.. placement.Rules.OnPre.Where(d => homes.Of(d.Name) == Home.Source).Select(d => d.Name)];
        foreach ((int line, Definition rule) in placement.Rules.OnPre.Index())
        {
            if (homes.Of(rule.Name) == Home.Source)
            {
                atSource.Add(Assigned(rule));
                continue;
            }

            Dictionary<string, Expr> taken = [];
            foreach (string variable in Rewriting.NamesIn(rule.Value).Where(changing.Contains))
            {
                Name then = new($"{placement.Own(variable)} at line {line + 1}");
                atSource.Add(new Assign(then.Id, new Name(placement.Own(variable))));
                taken[variable] = then;
            }

            Definition read = rule with { Value = Rewriting.Substitute(rule.Value, taken) };
            atSynapse.Add(homes.Of(rule.Name) == Home.Synapse ? Assigned(read) : Jump(read));
        }
    }

    private Assign Jump(Definition rule)
    {
        bool onPost = rule.Name.StartsWith(Scope.Post, StringComparison.Ordinal);
        Expr size = Polynomial.Of(rule.Value, rule.Name).Rest;
        return new Assign($"jump of {(onPost ? rule.Name[Scope.Post.Length..] : placement.Own(rule.Name))}", placement.Renamed(size));
    }

    private List<Statement> Advance(Home home)
    {
        List<Statement> statements = [];
        ImmutableArray<Definition> equations = [.. placement.Rules.Equations.Where(d => homes.Of(d.Name) == home).Select(d => d with { Name = placement.Own(d.Name), Value = placement.Renamed(d.Value) })];
        Dictionary<string, string> bare = placement.Rules.Variables.ToDictionary(placement.Own);
        statements.AddRange(ProgramComposer.AllAtOnce([.. solve(equations, statements).Select(a => a with { Value = placement.Clipped(bare[a.Name], a.Value) })]));
        statements.AddRange(ProgramComposer.AllAtOnce([.. placement.Rules.Updates.Where(d => homes.Of(d.Name) == home).Select(Assigned)]));
        return statements;
    }

    private PopulationProgram? Sources(List<Statement> advance, ImmutableArray<Statement> currents)
    {
        Column[] columns =
        [
            .. homes.In(Home.Source).Select(v => placement.ColumnOf(v, ColumnKind.State)),
            .. currents.Cast<Assign>().Select(c => new Column(c.Name, ColumnKind.Buffer)),
        ];
        Pass[] passes =
        [
            .. advance.Count > 0 ? [new Pass(SynapseProgram.SourceAdvance, [.. advance], 1, network.Grid.Dt, 0)] : Array.Empty<Pass>(),
            .. currents.Length > 0 ? [new Pass(SynapseProgram.SourceCurrents, currents, 1, network.Grid.Dt, 0)] : Array.Empty<Pass>(),
        ];
        return columns.Length == 0 ? null : Program(columns, passes) with { Population = network.Populations[projection.Pre] with { Name = projection.Name, Place = projection.Place } };
    }

    private SynapsePass? Pass(string title, IReadOnlyList<Statement> statements)
    {
        if (statements.Count == 0)
        {
            return null;
        }

        List<Operand> operands = [];
        HashSet<string> assigned = [];
        HashSet<string> changed = [.. statements.Cast<Assign>().Select(a => a.Name)];
        foreach (Assign statement in statements.Cast<Assign>())
        {
            foreach (string name in Rewriting.NamesIn(statement.Value).Append(statement.Name))
            {
                bool known = assigned.Contains(name) || operands.Any(o => o.Name == name);
                if (!known && OperandOf(name, changed.Contains(name)) is { } operand)
                {
                    operands.Add(operand);
                }
            }

            assigned.Add(statement.Name);
        }

        return new SynapsePass(
            Program([.. operands.Select(o => new Column(o.Name, ColumnKind.Buffer))], [new Pass($"{title} of {projection.Name}", [.. statements], 1, network.Grid.Dt, 0)]),
            [.. operands]);
    }

    /// <summary>Null for what is no column: numbers that hold for all, and names within the pass.</summary>
    private Operand? OperandOf(string name, bool changes) => name switch
    {
        Scope.Time or Scope.Dt => null,
        Scope.Weight => new Operand(OperandKind.Weight, name, false),
        Scope.Delay => new Operand(OperandKind.Delay, name, false),
        _ when placement.Rules.Variables.FirstOrDefault(v => placement.Own(v) == name) is { } variable && homes.Of(variable) is Home.Source or Home.Synapse =>
            new Operand(homes.Of(variable) == Home.Source ? OperandKind.Source : OperandKind.Variable, name, changes),
        _ when name.Contains(" at line ", StringComparison.Ordinal) => changes ? new Operand(OperandKind.Result, name, true) : new Operand(OperandKind.AtSpike, name, false),
        _ when name.StartsWith("jump of ", StringComparison.Ordinal) || placement.Sums.Any(s => s.Name == name) => new Operand(OperandKind.Result, name, true),
        _ when name.StartsWith(Scope.Pre, StringComparison.Ordinal) => new Operand(OperandKind.Pre, name, false),
        _ when changes || uniforms().ContainsKey(name) => null,
        _ => new Operand(OperandKind.Target, name, false),
    };

    private bool IsOfSource(string name) =>
        name is Scope.Time or Scope.Dt || uniforms().ContainsKey(name) || homes.In(Home.Source).Any(v => placement.Own(v) == name);

    private PopulationProgram Program(IEnumerable<Column> columns, IEnumerable<Pass> passes) => new()
    {
        Population = network.Populations[projection.Post],
        Columns = [.. columns],
        Uniforms = uniforms(),
        StepSignals = ImmutableDictionary<string, StepSignal>.Empty,
        Passes = [.. passes],
        Arrivals = [],
        Couplings = [],
        Refractory = null,
        Findings = [],
    };
}
