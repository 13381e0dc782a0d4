using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels;

/// <summary>All that a kernel's code depends on: what the pass says and which of its names are numbers, signals and columns. No value is in it. Immutable.</summary>
public sealed class PassStructure : IEquatable<PassStructure>
{
    private readonly int vectorBits;
    private readonly Precision precision;
    private readonly (string Name, ColumnKind Kind)[] columns;
    private readonly string[] uniforms;
    private readonly string[] signals;
    private readonly ImmutableArray<Statement> statements;
    private readonly ImmutableArray<Expr> derivedBefore;
    private readonly int hash;

    public PassStructure(PopulationProgram program, Pass pass, ImmutableArray<Expr> derivedBefore, int vectorBits, Precision precision)
    {
        (this.vectorBits, this.precision, statements, this.derivedBefore) = (vectorBits, precision, pass.Statements, derivedBefore);
        columns = [.. program.Columns.Select(c => (c.Name, c.Kind))];
        uniforms = [.. program.Uniforms.Keys.Order(StringComparer.Ordinal)];
        signals = [.. program.StepSignals.Keys.Order(StringComparer.Ordinal)];
        HashCode code = default;
        code.Add((vectorBits, precision, uniforms.Length, signals.Length, derivedBefore.Length));
        foreach ((string, ColumnKind) column in columns)
        {
            code.Add(column);
        }

        foreach (Statement statement in statements)
        {
            code.Add(statement);
        }

        hash = code.ToHashCode();
    }

    public bool Equals(PassStructure? other) =>
        other is not null && hash == other.hash && vectorBits == other.vectorBits && precision == other.precision
        && columns.AsSpan().SequenceEqual(other.columns) && uniforms.AsSpan().SequenceEqual(other.uniforms) && signals.AsSpan().SequenceEqual(other.signals)
        && statements.SequenceEqual(other.statements) && derivedBefore.SequenceEqual(other.derivedBefore);

    public override bool Equals(object? obj) => Equals(obj as PassStructure);

    public override int GetHashCode() => hash;
}
