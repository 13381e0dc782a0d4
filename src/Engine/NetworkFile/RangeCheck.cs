using System.Collections.Immutable;
using System.Globalization;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Holds values of parameters against the ranges that the models give them.</summary>
public static class RangeCheck
{
    /// <summary>Numbers, arrays and expressions that are one number for all; what is drawn or differs by an expression is known, and checked, when the neurons are built.</summary>
    /// <param name="size">Of the population; null for a projection, whose parameters do not depend on it.</param>
    /// <returns>The values, the refused ones as unknown: they are not checked any further.</returns>
    public static ImmutableArray<NamedValue> Within(ModelSpec model, ImmutableArray<NamedValue> values, int? size, Mistakes mistakes) =>
        [.. values.Zip(model.Parameters, (value, parameter) => Refusal(value.Value, parameter, model, size) is { } refusal ? Refused(value, refusal, mistakes) : value)];

    /// <summary>What is wrong with a value; null where nothing is.</summary>
    /// <param name="whose">Says whose value it is: "neuron 7 has".</param>
    public static string? Refusal(double value, Parameter parameter, ModelSpec model, string whose = "is") => parameter.Range.Holds(value)
        ? null
        : $"{parameter.Name} of {model.Name} must be {parameter.Range.Words(parameter.Unit)}, but {whose} {value.ToString("R", CultureInfo.InvariantCulture)}";

    private static string? Refusal(Value value, Parameter parameter, ModelSpec model, int? size)
    {
        switch (value)
        {
            case FromArray array:
                int bad = Array.FindIndex(array.Items, item => !parameter.Range.Holds(item));
                return bad < 0 ? null : Refusal(array.Items[bad], parameter, model, $"item {bad} is");
            case FromExpression { Expr: var expr } when !expr.IsRandom() && Rewriting.NamesIn(expr).All(n => Scope.Constants.Contains(n) || (n == Scope.Size && size is not null)):
                return Refusal(Evaluation.Of(Algebra.Simplify(expr), _ => size!.Value), parameter, model);
            default:
                return null;
        }
    }

    private static NamedValue Refused(NamedValue value, string refusal, Mistakes mistakes)
    {
        mistakes.Add(value.Place, refusal);
        return value with { Value = NamedValue.Unknown };
    }
}
