namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>
/// The order in which the operations of a long graph are written: as a processor would begin them that looks ahead without limit. Its own look-ahead ends before
/// one exponential does. Of what can begin, the operation with the longest way to the end comes first, while the values at hand fit in registers (list scheduling: Gibbons and Muchnick 1986).
/// </summary>
/// <remarks>The order moves time and no bits: each operation stays what it is. Latencies and units are those of current x64 processors, in cycles; a wrong one costs a little time.</remarks>
public sealed class VectorSchedule
{
    /// <summary>Values at hand. Fewer than the widest vectors have registers, since the runtime's compiler needs some beside them; 12 to 28 differ by some percent.</summary>
    private const int Registers = 16;

    /// <summary>Operations that can begin in one cycle, and how many of them multiply or divide.</summary>
    private const int Units = 4, MultiplyUnits = 2;

    private readonly VectorGraph graph;
    private readonly int[][] operands;
    private readonly int[][] users;

    /// <summary>Cycles from each value's begin to the end of the pass.</summary>
    private readonly int[] way;

    // By copy, then value.
    private readonly int[] operandsMissing;
    private readonly int[] usesLeft;
    private readonly long[] known;

    private readonly List<int> open = [];
    private readonly List<ScheduledValue> order = [];
    private int atHand;

    private VectorSchedule(VectorGraph graph, int copies)
    {
        this.graph = graph;
        int[] uses = graph.CountUses();
        int count = graph.Nodes.Count;
        operands = [.. Enumerable.Range(0, count).Select(i => uses[i] > 0 && IsValue(graph[i].Op) ? ValuesUsed(graph, i) : [])];
        users = [.. Enumerable.Range(0, count).Select(_ => Array.Empty<int>())];
        foreach (IGrouping<int, int> use in Enumerable.Range(0, count).SelectMany(i => operands[i].Select(o => (Operand: o, User: i))).GroupBy(p => p.Operand, p => p.User))
        {
            users[use.Key] = [.. use];
        }

        way = new int[count];
        for (int i = count - 1; i >= 0; i--)
        {
            way[i] = Latency(graph[i].Op) + users[i].Select(u => way[u]).DefaultIfEmpty().Max();
        }

        HashSet<int> kept = [.. graph.Stores.Select(s => s.Value), graph.Spikes];
        operandsMissing = [.. Enumerable.Range(0, copies * count).Select(id => operands[id % count].Length)];
        usesLeft = [.. Enumerable.Range(0, copies * count).Select(id => users[id % count].Length + (kept.Contains(id % count) ? 1 : 0))];
        known = new long[copies * count];
        open.AddRange(Enumerable.Range(0, copies * count).Where(id => uses[id % count] > 0 && IsValue(graph[id % count].Op) && operandsMissing[id] == 0));
    }

    /// <param name="copies">Vectors that are computed in turn.</param>
    public static IReadOnlyList<ScheduledValue> Of(VectorGraph graph, int copies)
    {
        VectorSchedule schedule = new(graph, copies);
        for (long cycle = 0; schedule.open.Count > 0; cycle++)
        {
            schedule.Begin(cycle);
        }

        return schedule.order;
    }

    /// <summary>Whether an operation's result is kept, rather than read anew wherever it is used.</summary>
    public static bool IsValue(VectorOp op) => op is not (VectorOp.Uniform or VectorOp.StepScalar or VectorOp.Constant);

    private static int[] ValuesUsed(VectorGraph graph, int i) =>
        [.. new[] { graph[i].A, graph[i].B, graph[i].C }.Where(o => o >= 0 && IsValue(graph[o].Op)).Distinct()];

    private static int Latency(VectorOp op) => op switch
    {
        VectorOp.Load => 6,
        VectorOp.SquareRoot => 20,
        VectorOp.Divide => 14,
        VectorOp.Add or VectorOp.Subtract => 3,
        VectorOp.Multiply or VectorOp.MultiplyAdd or VectorOp.NegatedMultiplyAdd or VectorOp.ScaleByPower => 4,
        VectorOp.Less or VectorOp.LessOrEqual or VectorOp.Equal or VectorOp.Select => 4,
        _ => 2,
    };

    private static bool Multiplies(VectorOp op) => op is VectorOp.Multiply or VectorOp.MultiplyAdd or VectorOp.NegatedMultiplyAdd or VectorOp.Divide;

    private void Begin(long cycle)
    {
        open.Sort(LongestWayFirst);
        int units = Units;
        int multiplyUnits = MultiplyUnits;
        bool waits = false;
        int[] candidates = [.. open];
        for (int k = 0; k < candidates.Length && units > 0; k++)
        {
            int id = candidates[k];
            bool early = operands[id % way.Length].Any(o => known[Sibling(id, o)] > cycle);
            waits |= early;
            bool multiplies = Multiplies(graph[id % way.Length].Op);
            if (!early && !(multiplies && multiplyUnits == 0) && Fits(id))
            {
                Write(id, cycle);
                units--;
                multiplyUnits -= multiplies ? 1 : 0;
            }
        }

        if (units == Units && !waits)
        {
            // Too many values are at hand whatever comes next.
            Write(candidates[0], cycle);
        }
    }

    private int LongestWayFirst(int a, int b)
    {
        int byWay = way[b % way.Length].CompareTo(way[a % way.Length]);
        return byWay != 0 ? byWay : a.CompareTo(b);
    }

    private int Sibling(int id, int value) => id - (id % way.Length) + value;

    private bool Fits(int id)
    {
        int ended = operands[id % way.Length].Count(o => usesLeft[Sibling(id, o)] == 1);
        return ended > 0 || atHand < Registers;
    }

    private void Write(int id, long cycle)
    {
        int value = id % way.Length;
        int[] ended = [.. operands[value].Where(o => --usesLeft[Sibling(id, o)] == 0)];
        order.Add(new ScheduledValue(id / way.Length, value, ended));
        atHand += 1 - ended.Length;
        known[id] = cycle + Latency(graph[value].Op);
        open.Remove(id);
        open.AddRange(users[value].Select(u => Sibling(id, u)).Where(user => --operandsMissing[user] == 0));
    }
}

/// <summary>The value to compute next.</summary>
/// <param name="Copy">Which of the vectors in turn, from 0.</param>
/// <param name="Ended">Values of this vector that nothing after it uses.</param>
public readonly record struct ScheduledValue(int Copy, int Value, IReadOnlyList<int> Ended);
