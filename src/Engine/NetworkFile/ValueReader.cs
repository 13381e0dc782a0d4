using System.Security.Cryptography;
using System.Runtime.InteropServices;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads values, expressions and the arrays that a network file names. Arrays are found relative to the file's folder and enter the network's hash.</summary>
/// <param name="constants">The file's, which numbers and expressions may use.</param>
public sealed class ValueReader(NamedFiles files, Constants constants, Mistakes mistakes, IncrementalHash hash)
{
    private readonly ModelReader expressions = new(mistakes);

    /// <summary>That arrays may still take.</summary>
    private long bytesLeft = files.MostArrayBytes;

    public Mistakes Mistakes => mistakes;

    /// <summary>The keys of a mapping, whose numbers may be expressions of the file's constants.</summary>
    public Fields Fields(Node node) => new(node, mistakes, constants);

    /// <summary>A node to be read as a number; null after a mistake.</summary>
    public Node? Folded(Node node) => constants.Folded(node, mistakes);

    /// <summary>A number, an expression, a list or <c>{file, array}</c>.</summary>
    /// <param name="count">Length that a list or array must have; null where it is not known yet.</param>
    /// <param name="allowed">Names that the expression may use.</param>
    public Value? ReadValue(Node node, int? count, IReadOnlyCollection<string> allowed)
    {
        switch (node)
        {
            case Sequence:
                return Folded(node) is { } list && Scalars.TryNumbers(list, mistakes, out double[] items) ? Fitting(items, [items.Length], count, node.Place) : null;
            case Mapping:
                return ReadArray(node) is { } array ? Fitting(array.AsDoubles(), array.Shape, count, node.Place) : null;
            default:
                return ReadExpression(node, allowed) is { } expr ? new FromExpression(expr) : null;
        }
    }

    /// <summary>An expression over the given names, simplified.</summary>
    public Expr? ReadExpression(Node node, IReadOnlyCollection<string> allowed)
    {
        if (expressions.ReadExpression(node) is not { } expr || !NamesFit(expr, allowed, node.Place))
        {
            return null;
        }

        if (expr.IsCondition())
        {
            mistakes.Add(node.Place, $"'{expr}' is a condition where a number is needed; write where({expr}, 1, 0)");
            return null;
        }

        if (constants.PutInto(expr) is not { } simple)
        {
            return null;
        }

        if (DistributionMistake(simple) is { } wrong)
        {
            mistakes.Add(node.Place, wrong);
            return null;
        }

        if (ModelCheck.FindDivisionByZero(simple) is { } division)
        {
            mistakes.Add(node.Place, $"'{division}' always divides by zero");
            return null;
        }

        bool isKnown = !simple.IsRandom() && Rewriting.NamesIn(simple).Count == 0;
        if (isKnown && Evaluation.Of(simple, _ => 0) is var value && !double.IsFinite(value))
        {
            mistakes.Add(node.Place, $"'{expr}' is {(double.IsNaN(value) ? "no number" : "too large for float64")}");
            return null;
        }

        return simple;
    }

    /// <summary>Every name is the file's constant or one of <paramref name="allowed"/>, and not both.</summary>
    private bool NamesFit(Expr expr, IReadOnlyCollection<string> allowed, Place place)
    {
        foreach (string name in Rewriting.NamesIn(expr).Where(name => !Scope.Constants.Contains(name) && allowed.Contains(name) == constants.Has(name)))
        {
            mistakes.Add(place, constants.Has(name)
                ? $"'{name}' is a constant of this file and a name that can be used here already; give the constant another name"
                : $"'{name}' is not known here.{Suggestion.For(name, allowed.Concat(constants.Names))}");
            return false;
        }

        return true;
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
        if (files.PathOf(file, place, mistakes) is not { } path)
        {
            return null;
        }

        NumpyArray loaded = ArrayFiles.Read(path, array, place, bytesLeft);
        bytesLeft -= (long)loaded.Count * sizeof(double);
        long[] shape = [loaded.Shape.Count, .. loaded.Shape];
        hash.AppendData(MemoryMarshal.AsBytes(shape.AsSpan()));
        loaded.AddTo(hash);
        return loaded;
    });

    /// <summary>The arrays of an archive by name; null after a mistake.</summary>
    private IReadOnlyList<string>? Names(string file, Place place) => Collecting(() =>
        files.PathOf(file, place, mistakes) is { } path ? ArrayFiles.Names(path, place) : null);

    /// <summary>Lists of one length, from an archive (<c>{file: edges.npz}</c>) or written out; null after a mistake.</summary>
    /// <param name="example">A file's name for the message.</param>
    public IReadOnlyDictionary<string, double[]>? ReadColumns(Node node, string[] required, string[] optional, string example)
    {
        Fields fields = Fields(node);
        if (node is not Mapping)
        {
            return null;
        }

        string? file = fields.Text("file");
        Dictionary<string, double[]>? columns = file is null ? WrittenColumns(fields, [.. required, .. optional]) : LoadColumns(file, required, optional, node.Place);
        bool named = fields.Has("file");
        fields.Done();
        if (columns is null || (named && file is null))
        {
            return null;
        }

        string[] missing = [.. required.Where(name => !columns.ContainsKey(name))];
        if (missing.Length > 0)
        {
            mistakes.Add(node.Place, $"needs {{file: {example}}} with the arrays {string.Join(", ", required)}, or the lists themselves; {string.Join(", ", missing)} is missing");
            return null;
        }

        bool even = columns.Values.Select(c => c.Length).Distinct().Count() == 1;
        if (!even)
        {
            mistakes.Add(node.Place, $"{string.Join(", ", columns.Select(c => $"{c.Key} has {c.Value.Length} items"))}; they must be of one length");
        }

        return even ? columns : null;
    }

    private static Dictionary<string, double[]>? WrittenColumns(Fields fields, string[] names)
    {
        Dictionary<string, double[]> columns = [];
        bool fits = true;
        foreach (string name in names.Where(fields.Has))
        {
            double[]? column = fields.Numbers(name);
            fits &= column is not null;
            columns[name] = column ?? [];
        }

        return fits ? columns : null;
    }

    private Dictionary<string, double[]>? LoadColumns(string file, string[] required, string[] optional, Place place)
    {
        if (Names(file, place) is not { } present)
        {
            return null;
        }

        Dictionary<string, double[]> columns = [];
        foreach (string name in required.Concat(optional.Where(present.Contains)))
        {
            if (Load(file, name, place) is not { } array)
            {
                return null;
            }

            if (array.Shape.Count != 1)
            {
                mistakes.Add(place, $"{file}, array {name}: has the shape ({string.Join(", ", array.Shape)}); it must be one list");
                return null;
            }

            columns[name] = array.AsDoubles();
        }

        return columns;
    }

    public bool IdsFit(string name, double[] ids, int size, string population, Place place)
    {
        int bad = Array.FindIndex(ids, id => !(id >= 0 && id < size && id == Math.Floor(id)));
        if (bad >= 0)
        {
            mistakes.Add(place, $"{name}[{bad}] is {ids[bad]}; ids of {population} are whole numbers from 0 to {size - 1}");
        }

        return bad < 0;
    }

    private T? Collecting<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (UserMistakeException problem)
        {
            files.LackedMemory |= problem is ArrayMemoryException;
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

    /// <summary>Delays in ms, which are rounded to steps.</summary>
    public bool DelaysFit(double[] delays, Place place)
    {
        int negative = Array.FindIndex(delays, d => d < 0);
        if (negative >= 0)
        {
            mistakes.Add(place, $"delay {negative} is {delays[negative]} ms; a delay must not be negative");
        }

        return AllFinite(delays, place) && negative < 0;
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

    /// <summary>What is wrong with the written numbers of a distribution; null where nothing is.</summary>
    private static string? DistributionMistake(Expr expr)
    {
        foreach (Call call in Rewriting.ArgumentsFirst(expr).OfType<Call>().Where(c => c.Op.Facts().IsRandom))
        {
            double[] written = [.. call.Arguments.Select(a => (a as Number)?.Value ?? double.NaN)];
            string? wrong = call.Op switch
            {
                Op.Uniform when written[0] > written[1] => "its first number must not be above its second",
                Op.Normal or Op.TruncatedNormal or Op.Lognormal when written[1] < 0 => "its deviation must not be negative",
                Op.TruncatedNormal when written[2] > written[3] => "its third number must not be above its fourth",
                Op.TruncatedNormal when written[1] == 0 && (written[0] < written[2] || written[0] > written[3]) => "its deviation is 0 and its mean lies outside its limits",
                Op.Exponential or Op.Poisson when written[0] < 0 => "its mean must not be negative",
                Op.Gamma when written[0] <= 0 || written[1] < 0 => "its shape must be positive and its scale not negative",
                _ => null,
            };
            if (wrong is not null)
            {
                return $"'{call}' cannot be drawn: {wrong}";
            }
        }

        return null;
    }
}
