using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Integrators;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels;

/// <summary>Composes a population's program: its inputs, its solver's step, its synapses' steps, its spikes, in the order of the schedule.</summary>
public sealed class ProgramComposer
{
    private readonly NetworkSpec network;
    private readonly PopulationSpec population;
    private readonly ModelSpec model;

    /// <summary>From one update to the next, ms.</summary>
    private readonly double dt;
    private readonly IReadOnlyDictionary<string, Expr> lets;
    private readonly ImmutableArray<Column>.Builder columns = ImmutableArray.CreateBuilder<Column>();
    private readonly Dictionary<string, double> uniforms = [];
    private readonly Dictionary<string, StepSignal> signals = [];
    private readonly List<string> findings = [];

    /// <summary>Largest expression that a solver may make of an equation.</summary>
    private const int LargestStep = 200_000;
    private readonly List<(ProjectionSpec Projection, SynapsePlacement Placement)> synapses = [];

    private ProgramComposer(NetworkSpec network, PopulationSpec population)
    {
        this.network = network;
        this.population = population;
        model = population.Model;
        dt = network.GridOf(population).Dt;
        lets = EquationSystem.Of(model).Lets;
    }

    /// <exception cref="UserMistakeException">A solver or a synapse cannot do what the network asks.</exception>
    public static PopulationProgram Compose(NetworkSpec network, int index)
    {
        PopulationSpec population = network.Populations[index];
        try
        {
            return new ProgramComposer(network, population).Compose();
        }
        catch (SolverException problem)
        {
            throw new UserMistakeException(population.Place.At("method"), problem.Message);
        }
    }

    private PopulationProgram Compose()
    {
        DeclareParameters();
        DeclareState();
        PlaceSynapses();
        List<Pass> passes = ComposePasses();
        AddBuffers(passes);
        return new PopulationProgram
        {
            Population = population,
            Columns = columns.ToImmutable(),
            Uniforms = uniforms.ToImmutableDictionary(),
            StepSignals = signals.ToImmutableDictionary(),
            Passes = DrawStatements.Apart(passes.Select(pass => pass with { Every = population.EverySteps })),
            Arrivals = [.. synapses.Select(s => new Arrival(s.Projection, s.Placement.Jumps, s.Placement.CurrentOfEach is not null))],
            Couplings = [.. synapses.Where(s => s.Placement.CurrentOfEach is not null)
                .Select(s => Coupling.Of(s.Projection, s.Placement, population, uniforms.ToImmutableDictionary(), network))],
            Refractory = model.Spike?.RefractoryFor is { } duration ? Algebra.Simplify(duration) : null,
            Findings = [.. findings],
        };
    }

    private string Purpose(string kind, string name) => $"populations.{population.Name}.{kind}.{name}";

    private void DeclareParameters()
    {
        foreach (NamedValue parameter in population.Parameters)
        {
            DeclareFixed(parameter.Name, parameter.Value, Purpose("params", parameter.Name));
        }

        uniforms[Scope.Size] = population.Size;
    }

    /// <summary>A value that never changes: one number where it is the same for all neurons, else a column.</summary>
    private void DeclareFixed(string name, Value value, string purpose)
    {
        switch (value)
        {
            case FromArray array:
                columns.Add(new Column(name, ColumnKind.Fixed, new InitialArray(array.Items)));
                break;
            case FromExpression { Expr: var expr } when !expr.IsRandom() && Rewriting.NamesIn(expr).All(n => uniforms.ContainsKey(n) || n == Scope.Size):
                uniforms[name] = Evaluation.Of(expr, n => n == Scope.Size ? population.Size : uniforms[n]);
                break;
            case FromExpression { Expr: var expr }:
                columns.Add(new Column(name, ColumnKind.Fixed, new InitialExpression(expr, purpose)));
                break;
        }
    }

    private void DeclareState()
    {
        foreach (NamedValue state in population.Initial)
        {
            InitialValue initial = state.Value is FromArray array
                ? new InitialArray(array.Items)
                : new InitialExpression(((FromExpression)state.Value).Expr, Purpose("init", state.Name));
            columns.Add(new Column(state.Name, ColumnKind.State, initial));
        }
    }

    private void PlaceSynapses()
    {
        foreach (ProjectionSpec projection in network.Projections.Where(p => p.Post == population.Index))
        {
            SynapsePlacement placement = Placed(projection);
            synapses.Add((projection, placement));
            foreach (NamedValue parameter in projection.Parameters)
            {
                DeclareFixed($"{projection.Name}.{parameter.Name}", parameter.Value, "");
            }

            foreach (string variable in placement.State)
            {
                columns.Add(new Column(variable, ColumnKind.Synaptic));
            }

            if (placement.CurrentOfEach is not null)
            {
                columns.Add(new Column(placement.SumOfCurrents, projection.EverySteps is null or 1 ? ColumnKind.Coupled : ColumnKind.HeldCoupled));
            }

            findings.Add($"{projection.Name} ({placement.Synapse.Name}): {Kept(placement)}");
        }
    }

    private string Kept(SynapsePlacement placement) =>
        placement.CurrentOfEach is { } each ? $"no state; {each} computed for every synapse in every step, from the state at the end of the step before, and summed per target"
        : placement.State.IsEmpty ? "no state"
        : $"{string.Join(", ", placement.State)} kept per target: {population.Size} neurons";

    private SynapsePlacement Placed(ProjectionSpec projection)
    {
        try
        {
            return SynapsePlacement.Of(projection, model);
        }
        catch (SolverException problem)
        {
            throw new UserMistakeException(projection.Place.At("synapse"), problem.Message);
        }
    }

    /// <summary>Phases side by side share one pass; arrive, observe and substeps part them.</summary>
    private List<Pass> ComposePasses()
    {
        List<Pass> passes = [];
        List<Phase> joined = [];
        int group = 0;
        foreach (Phase phase in network.Schedule.Phases)
        {
            bool joins = phase is Phase.Input or Phase.Spike || (phase == Phase.Update && population.Substeps == 1 && !ChoosesSteps);
            if (joins)
            {
                joined.Add(phase);
                continue;
            }

            AddPass(passes, joined, group);
            joined.Clear();
            if (phase == Phase.Update)
            {
                passes.AddRange(UpdateInSubsteps(group));
            }
            else
            {
                group++;
            }
        }

        AddPass(passes, joined, group);
        return passes;
    }

    private void AddPass(List<Pass> passes, List<Phase> phases, int group)
    {
        Statement[] statements = [.. phases.SelectMany(phase => phase switch
        {
            Phase.Input => InputStatements(),
            Phase.Update => UpdateStatements(),
            _ => SpikeStatements(),
        })];
        if (statements.Length > 0)
        {
            passes.Add(new Pass(string.Join(", ", phases).ToLowerInvariant(), [.. statements], 1, dt, group));
        }
    }

    private IEnumerable<Statement> InputStatements()
    {
        foreach (string input in model.Inputs)
        {
            Expr total = 0.0;
            foreach (InputSpec external in network.Inputs.Where(x => x.Population == population.Index && x.Variable == input))
            {
                if (total is not (Number or Name))
                {
                    // A slice uses the total twice; as a statement of its own it does not nest.
                    yield return new Assign(input, total);
                    total = new Name(input);
                }

                total = Combined(total, external);
            }

            foreach ((_, SynapsePlacement placement) in synapses.Where(s => s.Placement.Current is not null && s.Placement.CurrentTo == input))
            {
                total += placement.Current!;
            }

            yield return new Assign(input, total);
        }
    }

    /// <summary>The total after one external input, which acts on its slice and, for some kinds, at some times only.</summary>
    private Expr Combined(Expr total, InputSpec input)
    {
        string name = $"inputs[{input.Index}]";
        (Expr value, Expr? acts) = SignalValue(input, name);
        Expr combined = input.Operation switch
        {
            InputOperation.Add => total + value,
            InputOperation.Subtract => total - value,
            InputOperation.Multiply => total * value,
            InputOperation.Divide => total / value,
            _ => value,
        };
        if (acts is not null && input.Operation is not (InputOperation.Add or InputOperation.Subtract))
        {
            combined = Algebra.Where(acts, combined, total);
        }

        combined = input.To < population.Size ? Algebra.Where(new Call(Op.Less, new Name(Scope.Index), Bound($"{name} to", input.To)), combined, total) : combined;
        return input.From > 0 ? Algebra.Where(new Call(Op.GreaterOrEqual, new Name(Scope.Index), Bound($"{name} from", input.From)), combined, total) : combined;
    }

    /// <summary>A number of the network as a name, so that the code does not depend on it.</summary>
    private Name Bound(string name, int id)
    {
        uniforms[name] = id;
        return new Name(name);
    }

    /// <summary>The value, zero where the signal is silent, and the condition that it is not (null: always acts).</summary>
    private (Expr Value, Expr? Acts) SignalValue(InputSpec input, string name)
    {
        switch (input.Signal)
        {
            case ConstantSignal { Value: FromArray array }:
                columns.Add(new Column(name, ColumnKind.Fixed, new InitialArray(array.Items, input.From)));
                return (new Name(name), null);
            case ConstantSignal constant:
                DeclareFixed(name, constant.Value, name);
                return (new Name(name), null);
            case ExpressionSignal expression:
                return (expression.Expr, null);
            case TableSignal { Width: > 1 } table:
                columns.Add(new Column(name, ColumnKind.Row, null, table, input.From));
                break;
            default:
                signals[name] = new StepSignal(input.Signal, IsActivity: false);
                break;
        }

        string activity = $"{name} acts";
        signals[activity] = new StepSignal(input.Signal, IsActivity: true);
        return (new Name(name), new Call(Op.NotEqual, new Name(activity), 0.0));
    }

    private IEnumerable<Statement> UpdateStatements()
    {
        List<Statement> statements = [.. OldCopies()];
        List<Assign> next = [.. Solved(EquationSystem.Of(model), population.Method, population.Name, dt, statements)];
        next.AddRange(SynapseUpdates(statements));
        statements.AddRange(Simultaneous(next));
        return [.. statements, .. Witnesses(next.Select(n => n.Name)), .. DiscreteUpdates()];
    }

    /// <summary>Each neuron advances by sub-steps of its own size.</summary>
    private bool ChoosesSteps => population.Tolerance is not null && !model.Equations.IsEmpty;

    private IEnumerable<Pass> UpdateInSubsteps(int group)
    {
        double substep = dt / population.Substeps;
        List<Statement> first = [.. OldCopies()];
        Assign[] synaptic = [.. SynapseUpdates(first)];
        first.AddRange([.. Simultaneous(synaptic), .. Witnesses(synaptic.Select(n => n.Name))]);
        if (ChoosesSteps)
        {
            columns.Add(new Column(StepControl.Size, ColumnKind.State, new InitialExpression(substep, Purpose("init", StepControl.Size))));
            columns.Add(new Column(StepControl.Left, ColumnKind.Buffer));
            first.Add(new Assign(StepControl.Left, new Name(Scope.Dt)));
        }

        List<Statement> inner = [];
        List<Assign> next = [.. Solved(EquationSystem.Of(model), population.Method, population.Name, substep, inner, ChoosesSteps ? population.Tolerance : null)];
        inner.AddRange([.. Simultaneous(next), .. Witnesses(next.Select(n => n.Name))]);
        Statement[] last = [.. DiscreteUpdates()];
        return new[]
        {
            new Pass("update of synapses", [.. first], 1, dt, group),
            new Pass(ChoosesSteps ? "update in steps of each neuron's own" : $"update in {population.Substeps} substeps", [.. inner], population.Substeps, substep, group)
            {
                UntilZero = ChoosesSteps ? StepControl.Left : null,
            },
            new Pass("update of discrete rules", [.. last], 1, dt, group),
        }.Where(pass => !pass.Statements.IsEmpty);
    }

    /// <summary>Values before the update, for the rules that ask for them.</summary>
    private IEnumerable<Statement> OldCopies()
    {
        IEnumerable<Expr> users = [.. model.Updates.Select(u => u.Value), .. model.Spike is null ? [] : model.Spike.Then.Select(t => t.Value), .. model.Spike?.When is { } when ? new[] { when } : []];
        return Rewriting.NamesIn(users.Select(u => Rewriting.Substitute(u, lets))).Where(n => n.StartsWith(Scope.Old, StringComparison.Ordinal))
            .Select(n => new Assign(n, new Name(n[Scope.Old.Length..])));
    }

    private IEnumerable<Assign> Solved(EquationSystem system, string method, string what, double dt, List<Statement> statements, double? tolerance = null)
    {
        if (system.Equations.IsEmpty)
        {
            return [];
        }

        SolverStep step = tolerance is { } within ? Solvers.AdvanceWithin(system, method, within) : Solvers.Advance(system, method);
        if (step.Next.Concat(step.Statements).FirstOrDefault(a => a.Value.Size > LargestStep) is { } large)
        {
            throw new SolverException($"the step of {method} for {large.Name} of {what} becomes larger than {LargestStep} parts; write it with fewer powers of sums");
        }

        findings.AddRange(step.Findings.Select(f => $"{what}, {method}: {f}"));
        DeclarePropagator(step.Propagator, what, dt);
        statements.AddRange(step.Statements.Select(s => new Assign(s.Name, s.Value)));
        return step.Next.Select(n => new Assign(n.Name, n.Value));
    }

    private void DeclarePropagator(Propagator? propagator, string what, double dt)
    {
        if (propagator is null)
        {
            return;
        }

        if (Rewriting.NamesIn(propagator.Matrix).FirstOrDefault(name => !IsFixed(name)) is { } moving)
        {
            throw new SolverException($"exact needs constant coefficients, and one of {what} depends on {moving}, which changes during the run");
        }

        bool uniform = Rewriting.NamesIn(propagator.Matrix).All(uniforms.ContainsKey);
        double[]? values = uniform ? propagator.Compute([.. propagator.Matrix.Select(m => Evaluation.Of(m, n => uniforms[n]))], dt) : null;
        for (int i = 0; i < propagator.Outputs.Length; i++)
        {
            if (values is not null)
            {
                uniforms[propagator.Outputs[i]] = values[i];
            }
            else
            {
                columns.Add(new Column(propagator.Outputs[i], ColumnKind.Fixed, new InitialPropagator(propagator, i, dt)));
            }
        }
    }

    private bool IsFixed(string name) =>
        name == Scope.Index || uniforms.ContainsKey(name) || columns.Any(c => c.Name == name && c.Kind == ColumnKind.Fixed);

    private IEnumerable<Assign> SynapseUpdates(List<Statement> statements)
    {
        foreach ((ProjectionSpec projection, SynapsePlacement placement) in synapses)
        {
            ModelSpec system = new() { Name = placement.Synapse.Name, Kind = ModelKind.Synapse, Place = projection.Place, Equations = placement.Equations };
            foreach (Assign assign in Solved(EquationSystem.Of(system), placement.Synapse.Method, projection.Name, dt, statements))
            {
                yield return assign;
            }
        }
    }

    /// <summary>All right-hand sides first, then all names change; held variables stand still while refractory.</summary>
    private IEnumerable<Statement> Simultaneous(IReadOnlyList<Assign> assigns)
    {
        foreach (Assign assign in assigns)
        {
            yield return assign with { Name = $"next {assign.Name}" };
        }

        foreach (Assign assign in assigns)
        {
            Expr value = new Name($"next {assign.Name}");
            bool held = model.Spike?.Hold.Contains(assign.Name) ?? false;
            yield return new Assign(assign.Name, held ? Algebra.Where(new Name(Special.Active), value, new Name(assign.Name)) : value);
        }
    }

    /// <summary>
    /// Of variables that have just advanced, those that must be looked at before the step goes on: a spike or a rule may hide that they were not finite. Where nothing hides, one tells
    /// for all: what is not finite spreads, and what does not is found at the end.
    /// </summary>
    private IEnumerable<Witness> Witnesses(IEnumerable<string> advanced)
    {
        string[] hidden = [.. model.Updates.Select(u => u.Name), .. model.Spike?.Then.Select(t => t.Name) ?? []];
        ImmutableArray<string> names = [.. hidden.Length > 0 ? advanced.Intersect(hidden) : advanced.Take(1)];
        return names.IsEmpty ? [] : [new Witness(names)];
    }

    private IEnumerable<Statement> DiscreteUpdates() =>
        Simultaneous([.. model.Updates.Select(u => new Assign(u.Name, EquationSystem.WithLets(u.Value, lets)))]);

    private IEnumerable<Statement> SpikeStatements()
    {
        if (model.Spike is not { When: { } when } spike)
        {
            yield break;
        }

        foreach (Witness witness in Witnesses(spike.Then.Select(t => t.Name).Union(model.Updates.Select(u => u.Name))))
        {
            yield return witness;
        }

        yield return new Fire(EquationSystem.WithLets(when, lets));
        foreach (Definition then in spike.Then)
        {
            yield return new Assign($"then {then.Name}", EquationSystem.WithLets(then.Value, lets));
        }

        foreach (Definition then in spike.Then)
        {
            yield return new Assign(then.Name, Algebra.Where(new Name(Special.Spike), new Name($"then {then.Name}"), new Name(then.Name)));
        }

        if (network.Schedule.SpikesBeforeUpdate && spike.RefractoryFor is not null)
        {
            // The neurons that have just spiked stand still from this step's update on.
            Expr goesOn = new Call(Op.Or, new Call(Op.Not, new Name(Special.Spike)), new Call(Op.Less, new Name(Special.Refractory), 1.0));
            yield return new Assign(Special.Active, new Call(Op.And, new Name(Special.Active), goesOn));
        }
    }

    /// <summary>Names that one pass leaves for another, or for a monitor, become columns.</summary>
    private void AddBuffers(List<Pass> passes)
    {
        HashSet<string> kept = [.. columns.Select(c => c.Name)];
        IEnumerable<string> recorded = network.Monitors.Where(m => m.Population == population.Index && m.Projection is null).SelectMany(m => m.Variables).Where(v => model.Inputs.Contains(v));
        IEnumerable<string> crossing = passes.SelectMany(ReadBeforeAssigned).Where(n => model.Inputs.Contains(n) || n.StartsWith(Scope.Old, StringComparison.Ordinal));
        foreach (string name in recorded.Concat(crossing).Distinct().Where(kept.Add))
        {
            columns.Add(new Column(name, ColumnKind.Buffer));
        }
    }

    private static IEnumerable<string> ReadBeforeAssigned(Pass pass)
    {
        HashSet<string> assigned = [];
        foreach (Statement statement in pass.Statements)
        {
            foreach (string name in Rewriting.NamesIn(statement.Values).Where(n => !assigned.Contains(n)))
            {
                yield return name;
            }

            if (statement is Assign done)
            {
                assigned.Add(done.Name);
            }
        }
    }
}
