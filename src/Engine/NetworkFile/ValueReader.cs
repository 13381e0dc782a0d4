using System.Security.Cryptography;
using System.Runtime.InteropServices;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads values, expressions and the arrays that a network file names. Arrays are found relative to the file's folder and enter the network's hash.</summary>
public sealed class ValueReader(string folder, Mistakes mistakes, IncrementalHash hash)
{
    private readonly ModelReader expressions = new(mistakes);

    public Mistakes Mistakes => mistakes;

    /// <summary>A number, an expression, a list or <c>{file, array}</c>.</summary>
    /// <param name="count">Length that a list or array must have; null where it is not known yet.</param>
    /// <param name="allowed">Names that the expression may use.</param>
    public Value? ReadValue(Node node, int? count, IReadOnlyCollection<string> allowed)
    {
        switch (node)
        {
            case Sequence:
                return Scalars.TryNumbers(node, mistakes, out double[] items) ? Fitting(items, [items.Length], count, node.Place) : null;
            case Mapping:
                return ReadArray(node) is { } array ? Fitting(array.AsDoubles(), array.Shape, count, node.Place) : null;
            default:
                return ReadExpression(node, allowed) is { } expr ? new FromExpression(expr) : null;
        }
    }

    /// <summary>An expression over the given names, simplified.</summary>
    public Expr? ReadExpression(Node node, IReadOnlyCollection<string> allowed)
    {
        if (expressions.ReadExpression(node) is not { } expr)
        {
            return null;
        }

        foreach (string name in Rewriting.NamesIn(expr).Where(name => !allowed.Contains(name) && !Scope.Constants.Contains(name)))
        {
            mistakes.Add(node.Place, $"'{name}' is not known here.{Suggestion.For(name, allowed)}");
            return null;
        }

        if (expr.IsCondition())
        {
            mistakes.Add(node.Place, $"{expr} is a condition where a number is needed");
            return null;
        }

        Expr simple = Algebra.Simplify(expr);
        if (simple is Call { Op: Op.Divide } call && call.Arguments[1] is Number { Value: 0 })
        {
            mistakes.Add(node.Place, $"{expr} always divides by zero");
            return null;
        }

        return simple;
    }

    /// <summary><c>{file: a.npz, array: name}</c>.</summary>
    public NumpyArray? ReadArray(Node node)
    {
        Fields fields = new(node, mistakes);
        string? file = fields.RequiredText("file");
        string? array = fields.Text("array");
        fields.Done();
        return file is null ? null : Load(file, array, node.Place);
    }

    public NumpyArray? Load(string file, string? array, Place place) => Collecting(() =>
    {
        NumpyArray loaded = ArrayFiles.Read(Path.GetFullPath(file, folder), array, place);
        hash.AppendData(MemoryMarshal.AsBytes(loaded.AsDoubles().AsSpan()));
        return loaded;
    });

    /// <summary>True where an archive holds an array of that name.</summary>
    public bool Holds(string file, string array, Place place) =>
        Collecting(() => ArrayFiles.Names(Path.GetFullPath(file, folder), place))?.Contains(array) ?? false;

    private T? Collecting<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (UserMistakeException problem)
        {
            foreach (Mistake mistake in problem.Mistakes)
            {
                mistakes.Add(mistake.Place, mistake.Message);
            }

            return null;
        }
    }

    /// <summary>Numbers from an array or list for every one of <paramref name="count"/>, all finite.</summary>
    private FromArray? Fitting(double[] items, IReadOnlyList<int> shape, int? count, Place place)
    {
        if (count is { } wanted && items.Length != wanted)
        {
            mistakes.Add(place, $"has the shape ({string.Join(", ", shape)}), and {wanted} numbers are needed, one for each");
            return null;
        }

        return AllFinite(items, place) ? new FromArray(items) : null;
    }

    public bool AllFinite(double[] items, Place place)
    {
        int bad = Array.FindIndex(items, x => !double.IsFinite(x));
        if (bad >= 0)
        {
            mistakes.Add(place, $"item {bad} is {items[bad]}; every number must be finite");
        }

        return bad < 0;
    }
}
