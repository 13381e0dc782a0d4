using System.Globalization;
using System.Text;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>Operations on one vector register of numbers, or of their bits.</summary>
public enum VectorOp
{
    /// <summary>A column's numbers; Slot is the column.</summary>
    Load,

    /// <summary>One of the kernel's uniforms in all lanes.</summary>
    Uniform,

    /// <summary>One of the step's scalars in all lanes.</summary>
    StepScalar,

    /// <summary>Bits in all lanes.</summary>
    Constant,

    /// <summary>Global ids of the lanes' neurons.</summary>
    Index,

    /// <summary>All ones where the neuron is not refractory.</summary>
    Active,

    /// <summary>Refractory steps of the lanes' neurons.</summary>
    Refractory,

    /// <summary>The first number that <see cref="DrawLanes"/> gives; Slot is the site, A to E what it takes.</summary>
    Draw,

    /// <summary>The second number of the draw A, which must be the node before.</summary>
    SecondOfDraw,
    Add, Subtract, Multiply, Divide,

    /// <summary>A*B + C, rounded once.</summary>
    MultiplyAdd,

    /// <summary>C - A*B, rounded once.</summary>
    NegatedMultiplyAdd,

    /// <summary>A*2^B for a whole B, rounded once.</summary>
    ScaleByPower,

    /// <summary>The lesser, the greater; B where one is NaN.</summary>
    Lesser, Greater,
    Negate, Abs, Floor, Ceiling, SquareRoot, Min, Max,
    Less, LessOrEqual, Equal,

    /// <summary>Bitwise; masks are all ones or all zeros.</summary>
    And, Or, Xor, Not,

    /// <summary>B where A is all ones, else C.</summary>
    Select,

    /// <summary>Integer operations on the lanes' bits; Slot is the shift.</summary>
    IntegerAdd, ShiftLeft, ShiftRight,
}

/// <summary>One value of a graph; A to E are indices of earlier values or -1.</summary>
public readonly record struct VectorNode(VectorOp Op, int A = -1, int B = -1, int C = -1, int D = -1, int E = -1, int Slot = 0, long Bits = 0);

/// <summary>Values of one pass over a vector of neurons, each computed once: equal operations on equal values are one node.</summary>
public sealed class VectorGraph
{
    private readonly List<VectorNode> nodes = [];
    private readonly Dictionary<VectorNode, int> known = [];

    public IReadOnlyList<VectorNode> Nodes => nodes;

    /// <summary>Values to keep at the end: columns in the order of their first assignment.</summary>
    public List<(int Column, int Value)> Stores { get; } = [];

    /// <summary>Values that must be finite, and the columns whose they are.</summary>
    public List<(int Column, int Value)> Witnessed { get; } = [];

    /// <summary>The mask of spiking lanes; -1 where the pass tests no spikes.</summary>
    public int Spikes { get; set; } = -1;

    /// <summary>Whether each column keeps what its witness finds not to be finite, but in lanes that spike.</summary>
    public bool FailuresLast => Witnessed.All(w => Stores.Exists(s => s.Column == w.Column && Spreads(w.Value, s.Value)));

    public VectorNode this[int index] => nodes[index];

    public int Add(VectorNode node)
    {
        if (!known.TryGetValue(node, out int index))
        {
            index = nodes.Count;
            nodes.Add(node);
            known.Add(node, index);
        }

        return index;
    }

    /// <summary>Whether a value that is not finite makes a later one so, in lanes that do not spike.</summary>
    private bool Spreads(int from, int to)
    {
        bool[] spread = new bool[nodes.Count];
        spread[from] = true;
        for (int i = from + 1; i <= to; i++)
        {
            VectorNode node = nodes[i];
            spread[i] = node.Op switch
            {
                VectorOp.Add => spread[node.A] || spread[node.B],
                VectorOp.MultiplyAdd => spread[node.C],
                VectorOp.Select => spread[node.C] && (node.A == Spikes || spread[node.B]),
                _ => false,
            };
        }

        return spread[to];
    }

    /// <summary>How often each live value is used; zero for dead ones.</summary>
    public int[] CountUses()
    {
        int[] uses = new int[nodes.Count];
        foreach ((_, int value) in Stores.Concat(Witnessed))
        {
            uses[value]++;
        }

        if (Spikes >= 0)
        {
            uses[Spikes]++;
        }

        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            if (uses[i] > 0)
            {
                foreach (int argument in (ReadOnlySpan<int>)[nodes[i].A, nodes[i].B, nodes[i].C, nodes[i].D, nodes[i].E])
                {
                    if (argument >= 0)
                    {
                        uses[argument]++;
                    }
                }
            }
        }

        return uses;
    }

    /// <summary>One line per live value; equal graphs have equal text.</summary>
    public string Print(Func<VectorNode, string> leaf)
    {
        int[] uses = CountUses();
        StringBuilder text = new();
        for (int i = 0; i < nodes.Count; i++)
        {
            if (uses[i] > 0)
            {
                VectorNode n = nodes[i];
                string arguments = string.Join(", ", new[] { n.A, n.B, n.C, n.D, n.E }.Where(a => a >= 0).Select(a => string.Create(CultureInfo.InvariantCulture, $"%{a}")));
                text.AppendLine(CultureInfo.InvariantCulture, $"%{i} = {n.Op} {arguments}{(n.Op is VectorOp.ShiftLeft or VectorOp.ShiftRight ? $" by {n.Slot}" : "")}{leaf(n)}");
            }
        }

        foreach ((int column, int value) in Stores)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"store {leaf(new VectorNode(VectorOp.Load, Slot: column)).Trim()}, %{value}");
        }

        foreach ((int column, int value) in Witnessed)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"finite {leaf(new VectorNode(VectorOp.Load, Slot: column)).Trim()}, %{value}");
        }

        return Spikes < 0 ? text.ToString() : text.AppendLine(CultureInfo.InvariantCulture, $"spikes %{Spikes}").ToString();
    }
}
