using System.Collections.Immutable;

namespace BrainSim.Engine.Expressions;

/// <summary>An expression of the model language: an immutable tree, compared by structure. Users' text becomes this and nothing else.</summary>
public abstract record Expr
{
    /// <summary>Nodes of the tree when written out in full; saturates at <see cref="int.MaxValue"/>. Shared subtrees count each time.</summary>
    public abstract int Size { get; }

    /// <summary>Nodes from here to the farthest leaf, both counted: what walks the tree needs as many stack frames. Texts and models are limited to <see cref="ExpressionParser.DeepestTree"/> and <see cref="Deepest"/>.</summary>
    public abstract int Depth { get; }

    /// <summary>True where a random function is in it.</summary>
    public abstract bool DrawsRandom { get; }

    /// <summary>Deepest tree that the compiler of a model is given; what it derives from one may be a few times as deep.</summary>
    public const int Deepest = 1000;

    public sealed override string ToString() => ExpressionText.Print(this);

    public static implicit operator Expr(double value) => new Number(value);

    public static Expr operator +(Expr a, Expr b) => Algebra.Add(a, b);

    public static Expr operator -(Expr a, Expr b) => Algebra.Subtract(a, b);

    public static Expr operator *(Expr a, Expr b) => Algebra.Multiply(a, b);

    public static Expr operator /(Expr a, Expr b) => Algebra.Divide(a, b);

    public static Expr operator -(Expr a) => Algebra.Negate(a);
}

/// <summary>A literal. NaN never comes from text, only from folding.</summary>
public sealed record Number(double Value) : Expr
{
    public override int Size => 1;

    public override int Depth => 1;

    public override bool DrawsRandom => false;
}

/// <summary>A variable, parameter or constant; <c>pre.V</c>, <c>post.V</c>, <c>old.V</c> and <c>Na.m</c> are single names.</summary>
public sealed record Name(string Id) : Expr
{
    public override int Size => 1;

    public override int Depth => 1;

    public override bool DrawsRandom => false;
}

/// <summary>An operator or function applied to its arguments.</summary>
public sealed record Call : Expr
{
    private readonly int hash;

    public Call(Op op, ImmutableArray<Expr> arguments)
    {
        Op = op;
        Arguments = arguments;
        long size = 1;
        DrawsRandom = op.Facts().IsRandom;
        HashCode code = default;
        code.Add(op);
        foreach (Expr argument in arguments)
        {
            size += argument.Size;
            Depth = Math.Max(Depth, argument.Depth);
            DrawsRandom |= argument.DrawsRandom;
            code.Add(argument);
        }

        Depth++;
        Size = (int)Math.Min(size, int.MaxValue);
        hash = code.ToHashCode();
    }

    public Call(Op op, params ReadOnlySpan<Expr> arguments) : this(op, arguments.ToImmutableArray()) { }

    public Op Op { get; }

    public ImmutableArray<Expr> Arguments { get; }

    public override int Size { get; }

    public override int Depth { get; }

    public override bool DrawsRandom { get; }

    public bool Equals(Call? other) =>
        ReferenceEquals(this, other)
        || (other is not null && hash == other.hash && Op == other.Op && Size == other.Size && Arguments.AsSpan().SequenceEqual(other.Arguments.AsSpan()));

    public override int GetHashCode() => hash;
}
