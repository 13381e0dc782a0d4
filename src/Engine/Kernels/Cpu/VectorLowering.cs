using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>Turns a pass's statements into a graph of vector operations. Products with a sum are fused, uniform parts hoisted, division by what never changes becomes a product.</summary>
public sealed class VectorLowering
{
    private const int LargestPower = 32;

    private readonly PopulationProgram program;
    private readonly VectorGraph graph = new();
    private readonly VectorFunctions f;
    private readonly Hoisting hoisting;
    private readonly ExponentialFamilies families;
    private readonly Slots uniforms = new();
    private readonly Slots stepScalars = new();
    private readonly Slots derived = new();
    private readonly Precision precision;
    private readonly List<Assign> draws = [];
    private readonly Dictionary<string, int> current = [];
    private readonly Dictionary<Expr, int> lowered = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> order = [];

    private VectorLowering(PopulationProgram program, Pass pass, ImmutableArray<Expr> derivedBefore, Precision precision)
    {
        this.program = program;
        this.precision = precision;
        f = new VectorFunctions(graph, FloatFormat.Of(precision));
        hoisting = new Hoisting(program, pass.Statements.OfType<Assign>().Select(a => a.Name).ToHashSet());
        families = new ExponentialFamilies(pass.Statements, name => hoisting.Of(new Name(name)) == Dependence.Dynamic && !Special.IsCondition(name));
        foreach (Expr expr in derivedBefore)
        {
            derived.Of(expr);
        }
    }

    public static LoweredPass Lower(PopulationProgram program, Pass pass, ImmutableArray<Expr> derivedBefore, Precision precision)
    {
        VectorLowering lowering = new(program, pass, derivedBefore, precision);
        foreach (Statement statement in pass.Statements)
        {
            lowering.Lower(statement);
        }

        lowering.StoreColumns();
        return new LoweredPass(
            lowering.graph, lowering.uniforms.Items, lowering.stepScalars.Items, lowering.derived.Items[derivedBefore.Length..], [.. lowering.draws]);
    }

    private void Lower(Statement statement)
    {
        if (statement is Fire fire)
        {
            int active = Value(new Name(Special.Active));
            graph.Spikes = current[Special.Spike] = f.And(Mask(fire.When), active);
            return;
        }

        if (statement is Witness witness)
        {
            IEnumerable<(int, int)> values = witness.Names.Select(name => (program.ColumnOf(name), Value(new Name(name))));
            graph.Witnessed.AddRange(values.Except(graph.Witnessed).ToArray());
            return;
        }

        Assign assign = (Assign)statement;
        int value = assign.Value is Call call && call.Op.Facts().IsRandom ? Draw(assign, call)
            : Special.IsCondition(assign.Name) ? Mask(assign.Value)
            : Value(assign.Value);
        current[assign.Name] = value;
        order.Add(assign.Name);

        // What was lowered before under this name no longer holds.
        lowered.Clear();
    }

    private void StoreColumns()
    {
        foreach (string name in order.Distinct())
        {
            int column = program.FindColumn(name);
            if (column >= 0)
            {
                graph.Stores.Add((column, current[name]));
            }
        }
    }

    private int Draw(Assign assign, Call call)
    {
        int[] x = [.. call.Arguments.Select(Value)];
        int site = draws.Count;
        draws.Add(assign);
        return call.Op switch
        {
            Op.Uniform => f.Fma(f.Subtract(x[1], x[0]), Drawn(site), x[0]),
            Op.Choice => Choice(x, Drawn(site)),
            Op.Exponential => f.Multiply(f.Negate(x[0]), f.Log(Drawn(site))),
            Op.Normal => Normal(x, Drawn(site)),
            Op.Lognormal => f.Exp(Normal(x, Drawn(site))),
            Op.TruncatedNormal when precision == Precision.Float64 => Truncated(assign, call, x, Drawn(site)),
            _ => Drawn(site, x),
        };
    }

    private int Drawn(int site, params ReadOnlySpan<int> x) =>
        graph.Add(new VectorNode(VectorOp.Draw, Item(x, 0), Item(x, 1), Item(x, 2), Item(x, 3), Item(x, 4), Slot: site));

    private static int Item(ReadOnlySpan<int> x, int place) => place < x.Length ? x[place] : -1;

    /// <summary>As <see cref="Distributions.Normal(ref KeyedStream, double, double)"/>.</summary>
    private int Normal(int[] x, int open)
    {
        int unit = graph.Add(new VectorNode(VectorOp.SecondOfDraw, open));
        int radius = f.SquareRoot(f.Multiply(f.Number(-2), f.Log(open)));
        return f.Fma(x[1], f.Multiply(radius, f.Cos(f.Multiply(f.Number(2 * Math.PI), unit))), x[0]);
    }

    /// <summary>Nearly all draws are the first normal that is proposed, made here in vectors; <see cref="DrawLanes"/> finds the others, one by one.</summary>
    private int Truncated(Assign assign, Call call, int[] x, int open)
    {
        int proposal = Normal([f.Number(0), f.Number(1)], open);
        draws[^1] = assign with { Value = new Call(Op.Normal, 0.0, 1.0) };
        draws.Add(assign with { Value = new Call(Op.TruncatedNormal, call.Arguments.Insert(0, 0.0)) });
        return Drawn(draws.Count - 1, [proposal, .. x]);
    }

    private int Choice(int[] x, int unit)
    {
        int place = f.Multiply(unit, f.Number(x.Length));
        int chosen = x[^1];
        for (int i = x.Length - 1; i > 0; i--)
        {
            chosen = f.Select(f.Less(place, f.Number(i)), x[i - 1], chosen);
        }

        return chosen;
    }

    /// <summary>A condition as a mask.</summary>
    private int Mask(Expr expr) => expr switch
    {
        Name { Id: Special.Active } when !current.ContainsKey(Special.Active) => graph.Add(new VectorNode(VectorOp.Active)),
        Name name when Special.IsCondition(name.Id) => current[name.Id],
        Number number => Constant(number.Value != 0),
        Call call when call.Op.Facts().IsCondition => Comparison(call),
        _ => f.Not(f.Equal(Value(expr), f.Number(0))),
    };

    private int Constant(bool truth) => f.Equal(f.Number(truth ? 0 : 1), f.Number(0));

    private int Comparison(Call call)
    {
        Expr a = call.Arguments[0];
        Expr b = call.Arguments.Length > 1 ? call.Arguments[1] : a;
        return call.Op switch
        {
            Op.Or => f.Or(Mask(a), Mask(b)),
            Op.And => f.And(Mask(a), Mask(b)),
            Op.Not => f.Not(Mask(a)),
            Op.Less => f.Less(Value(a), Value(b)),
            Op.LessOrEqual => f.LessOrEqual(Value(a), Value(b)),
            Op.Greater => f.Less(Value(b), Value(a)),
            Op.GreaterOrEqual => f.LessOrEqual(Value(b), Value(a)),
            Op.Equal => f.Equal(Value(a), Value(b)),
            _ => f.Not(f.Equal(Value(a), Value(b))),
        };
    }

    private int Value(Expr expr)
    {
        if (lowered.TryGetValue(expr, out int known))
        {
            return known;
        }

        return lowered[expr] = expr is Number number ? f.Number(number.Value) : hoisting.Of(expr) switch
        {
            Dependence.Uniform => graph.Add(new VectorNode(VectorOp.Uniform, Slot: uniforms.Of(expr))),
            Dependence.Step => graph.Add(new VectorNode(VectorOp.StepScalar, Slot: stepScalars.Of(expr))),
            Dependence.Neuron when hoisting.IsCostly(expr) => Load(program.Columns.Length + derived.Of(expr)),
            _ when expr is Name name => NameValue(name),
            _ => CallValue((Call)expr),
        };
    }

    private int Load(int column) => graph.Add(new VectorNode(VectorOp.Load, Slot: column));

    private int NameValue(Name name)
    {
        if (Special.IsCondition(name.Id))
        {
            return Mask(name);
        }

        if (current.TryGetValue(name.Id, out int value))
        {
            return value;
        }

        return name.Id switch
        {
            Scope.Index => graph.Add(new VectorNode(VectorOp.Index)),
            Special.Refractory => graph.Add(new VectorNode(VectorOp.Refractory)),
            _ => Load(program.ColumnOf(name.Id)),
        };
    }

    private int CallValue(Call call)
    {
        if (call.Op.Facts().IsCondition)
        {
            return f.Select(Mask(call), f.Number(1), f.Number(0));
        }

        if (call.Op is Op.Exp or Op.Exprel && families.Of(call.Arguments[0]) is { } member)
        {
            int exponential = FamilyExponential(member);
            return call.Op == Op.Exp ? exponential : f.Exprel(Value(call.Arguments[0]), exponential);
        }

        return call.Op switch
        {
            Op.Add => Sum(call.Arguments[0], call.Arguments[1]),
            Op.Subtract => Difference(call.Arguments[0], call.Arguments[1]),
            Op.Divide => Quotient(call.Arguments[0], call.Arguments[1]),
            Op.Power => PowerValue(call.Arguments[0], call.Arguments[1]),
            Op.Where => f.Select(Mask(call.Arguments[0]), Value(call.Arguments[1]), Value(call.Arguments[2])),
            Op.Min or Op.Max => call.Arguments.Skip(1).Aggregate(Value(call.Arguments[0]), (best, next) => call.Op == Op.Min ? f.Min(best, Value(next)) : f.Max(best, Value(next))),
            Op.Clip => f.Min(f.Max(Value(call.Arguments[0]), Value(call.Arguments[1])), Value(call.Arguments[2])),
            Op.Multiply => f.Multiply(Value(call.Arguments[0]), Value(call.Arguments[1])),
            _ => Function(call.Op, Value(call.Arguments[0])),
        };
    }

    private int Function(Op op, int x) => op switch
    {
        Op.Negate => f.Negate(x),
        Op.Abs => f.Abs(x),
        Op.Sign => f.Sign(x),
        Op.Floor => f.Floor(x),
        Op.Ceil => f.Ceiling(x),
        Op.Round => f.Floor(f.Add(x, f.Number(0.5))),
        Op.Sqrt => f.SquareRoot(x),
        Op.Exp => f.Exp(x),
        Op.Expm1 => f.Expm1(x),
        Op.Log => f.Log(x),
        Op.Log1p => f.Log1p(x),
        Op.Sin => f.Sin(x),
        Op.Cos => f.Cos(x),
        Op.Tan => f.Tan(x),
        Op.Tanh => f.Tanh(x),
        Op.Sinh => f.Sinh(x),
        Op.Cosh => f.Cosh(x),
        Op.Sigmoid => f.Sigmoid(x),
        Op.Exprel => f.Exprel(x),
        _ => throw new InvalidOperationException($"{op} has no vector form."),
    };

    private bool IsFixed(Expr expr) => (hoisting.Of(expr) & ~Dependence.Neuron) == 0;

    /// <summary>A product that is computed here anyway, and so can be fused with a sum.</summary>
    private bool IsProduct(Expr expr) => expr is Call { Op: Op.Multiply } && hoisting.Of(expr) is not (Dependence.Uniform or Dependence.Step);

    private int Sum(Expr a, Expr b)
    {
        if (IsProduct(b))
        {
            (a, b) = (b, a);
        }

        return IsProduct(a) ? Fused((Call)a, Value(b), negated: false) : f.Add(Value(a), Value(b));
    }

    private int Difference(Expr a, Expr b)
    {
        if (IsProduct(b))
        {
            return Fused((Call)b, Value(a), negated: true);
        }

        return IsProduct(a) ? Fused((Call)a, f.Negate(Value(b)), negated: false) : f.Subtract(Value(a), Value(b));
    }

    private int Fused(Call product, int addend, bool negated)
    {
        int left = Value(product.Arguments[0]);
        int right = Value(product.Arguments[1]);
        return negated ? f.NegatedFma(left, right, addend) : f.Fma(left, right, addend);
    }

    private int Quotient(Expr a, Expr b)
    {
        if (IsFixed(b))
        {
            return a is Number { Value: 1 } ? f.Divide(Value(a), Value(b)) : f.Multiply(Value(a), Value(new Call(Op.Divide, 1.0, b)));
        }

        if (b is Call { Op: Op.Exprel } exprel)
        {
            Expr argument = exprel.Arguments[0];
            int inverse = families.Of(argument) is { } member ? f.InverseExprel(Value(argument), FamilyExponential(member)) : f.InverseExprel(Value(argument));
            return a is Number { Value: 1 } ? inverse : f.Multiply(Value(a), inverse);
        }

        return f.Divide(Value(a), Value(b));
    }

    private int FamilyExponential(ExponentialFamilies.Member member)
    {
        int power = f.Exp(f.Multiply(NameValue(new Name(member.Name)), f.Number(member.Slope)));
        for (int s = 0; s < member.Squarings; s++)
        {
            power = f.Multiply(power, power);
        }

        return member.Offset == 0 ? power : f.Multiply(power, f.Number(Elementary.Exp(member.Offset)));
    }

    private int PowerValue(Expr x, Expr exponent) => exponent switch
    {
        Number { Value: 0.5 } => f.SquareRoot(Value(x)),
        Number { Value: var n } when n == Math.Floor(n) && Math.Abs(n) is > 0 and <= LargestPower => f.WholePower(Value(x), (int)n),
        _ => f.Power(Value(x), Value(exponent)),
    };
}

/// <summary>A pass as vector operations, and the numbers that it reads beside its columns.</summary>
public sealed record LoweredPass(
    VectorGraph Graph, ImmutableArray<Expr> Uniforms, ImmutableArray<Expr> StepScalars, ImmutableArray<Expr> DerivedColumns, ImmutableArray<Assign> Draws);
