using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>What a value depends on; the bits combine.</summary>
[Flags]
public enum Dependence
{
    /// <summary>Nothing but the run: the same for all neurons and steps.</summary>
    Uniform = 0,

    /// <summary>Differs between neurons, never changes.</summary>
    Neuron = 1,

    /// <summary>Changes from step to step, the same for all neurons.</summary>
    Step = 2,

    /// <summary>State, inputs, draws.</summary>
    Dynamic = Neuron | Step | 4,
}

/// <summary>Finds the parts of expressions that need not be computed for every neuron in every step.</summary>
public sealed class Hoisting(PopulationProgram program, IReadOnlySet<string> assigned)
{
    private readonly Dictionary<Expr, Dependence> known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, bool> costly = new(ReferenceEqualityComparer.Instance);

    public Dependence Of(Expr expr) => known.TryGetValue(expr, out Dependence found) ? found : known[expr] = expr switch
    {
        Number => Dependence.Uniform,
        Name name => OfName(name.Id),
        Call call => call.Arguments.Aggregate(Dependence.Uniform, (sum, argument) => sum | Of(argument)),
        _ => Dependence.Dynamic,
    };

    /// <summary>Worth a column of its own: what is computed takes longer than reading one number per neuron.</summary>
    public bool IsCostly(Expr expr) =>
        costly.TryGetValue(expr, out bool found) ? found : costly[expr] = expr is Call call
            && (call.Op is Op.Divide or Op.Power or Op.Sqrt || call.Op >= Op.Exp || call.Arguments.Any(IsCostly));

    private Dependence OfName(string name)
    {
        if (assigned.Contains(name) || Special.IsCondition(name))
        {
            return Dependence.Dynamic;
        }

        if (name == Scope.Dt || program.Uniforms.ContainsKey(name))
        {
            return Dependence.Uniform;
        }

        if (name == Scope.Time || program.StepSignals.ContainsKey(name))
        {
            return Dependence.Step;
        }

        int column = program.FindColumn(name);
        return name is Scope.Index or Special.Refractory || (column >= 0 && program.Columns[column].Kind == ColumnKind.Fixed) ? Dependence.Neuron : Dependence.Dynamic;
    }
}

/// <summary>A list of expressions without repeats; the index of each is its slot.</summary>
public sealed class Slots
{
    private readonly List<Expr> items = [];
    private readonly Dictionary<Expr, int> index = [];

    public ImmutableArray<Expr> Items => [.. items];

    public int Of(Expr expr)
    {
        if (!index.TryGetValue(expr, out int slot))
        {
            slot = items.Count;
            items.Add(expr);
            index.Add(expr, slot);
        }

        return slot;
    }
}
