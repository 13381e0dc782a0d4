using BrainSim.Engine.Expressions;
using BrainSim.Engine.Integrators;
using BrainSim.Engine.Models;
using BrainSim.Tests.Engine;

namespace BrainSim.Tests.Numerics;

/// <summary>A solver's steps outside of any kernel, in float64, with the noise that a test hands in.</summary>
internal sealed class PathWalk
{
    private readonly Dictionary<string, int> slots = [];
    private readonly (string Target, bool IsDraw, Evaluator Value)[] statements;
    private readonly (string Target, Evaluator Value)[] next;
    private readonly Frame frame = new(1000);

    /// <param name="model">State and equations in the model language: <c>state: {x: 1}, equations: {dx/dt: xi}</c>. The state begins where the test says.</param>
    public PathWalk(string model, string method)
    {
        ModelSpec spec = Runs.Read($$"""
            name: walk
            dt: 1
            duration: 1
            models: [{model: m, kind: neuron, {{model}} }]
            populations: {p: {size: 1, model: m} }
            """).Populations[0].Model;
        SolverStep step = Solvers.Advance(EquationSystem.Of(spec), method);
        Evaluation evaluation = new(Arithmetic.Platform, Slot);
        statements = [.. step.Statements.Select(s => (s.Name, Noise.IsDraw(s.Name), evaluation.Compile(Noise.IsDraw(s.Name) ? 0.0 : s.Value)))];
        next = [.. step.Next.Select(n => (n.Name, evaluation.Compile(n.Value)))];
        foreach (Parameter parameter in spec.Parameters)
        {
            this[parameter.Name] = Evaluation.Of(parameter.Default, _ => 0);
        }
    }

    public double this[string name]
    {
        get => frame.Slots[Slot(name)];
        set => frame.Slots[Slot(name)] = value;
    }

    /// <param name="draw">The standard normal number of a draw, by its name: <c>noise xi</c>, <c>noise xi 2</c>.</param>
    public void Step(double time, double dt, Func<string, double> draw)
    {
        this[Scope.Time] = time;
        this[Scope.Dt] = dt;
        foreach ((string target, bool isDraw, Evaluator value) in statements)
        {
            this[target] = isDraw ? draw(target) : value(frame);
        }

        double[] values = [.. next.Select(n => n.Value(frame))];
        for (int i = 0; i < next.Length; i++)
        {
            this[next[i].Target] = values[i];
        }
    }

    private int Slot(string name)
    {
        if (!slots.TryGetValue(name, out int slot))
        {
            slot = slots.Count;
            slots.Add(name, slot);
        }

        return slot;
    }
}
