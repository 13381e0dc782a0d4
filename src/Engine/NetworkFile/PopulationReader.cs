using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>populations:</c>.</summary>
public sealed class PopulationReader(ValueReader values, ModelCatalog models, TimeGrid grid, Schedule schedule)
{
    private readonly Mistakes mistakes = values.Mistakes;

    public ImmutableArray<PopulationSpec> Read(Fields fields)
    {
        IReadOnlyList<MappingEntry> entries = fields.Entries("populations");
        if (entries.Count is 0 or > Limits.Populations)
        {
            mistakes.Add(fields.PlaceOf("populations"), $"must name 1 to {Limits.Populations} populations");
            return [];
        }

        Dictionary<string, Node> written = entries.ToDictionary(e => e.Key, e => e.Value);
        ImmutableArray<PopulationSpec>.Builder populations = ImmutableArray.CreateBuilder<PopulationSpec>();
        foreach (MappingEntry entry in entries)
        {
            if (!ExpressionParser.IsName(entry.Key))
            {
                mistakes.Add(entry.KeyPlace, $"'{entry.Key}' is no name; use letters, digits and _");
            }
            else if (WithLikes(entry, written) is { } node && ReadOne(populations.Count, entry.Key, node) is { } population)
            {
                populations.Add(population);
            }
        }

        return populations.ToImmutable();
    }

    /// <summary>The population's mapping with what it is <c>like</c> written in; null after a mistake.</summary>
    private Mapping? WithLikes(MappingEntry entry, Dictionary<string, Node> written)
    {
        Mapping? merged = entry.Value as Mapping;
        if (merged is null)
        {
            mistakes.Add(entry.Value.Place, "must be a mapping, such as {size: 100, model: lif}");
            return null;
        }

        HashSet<string> visited = [entry.Key];
        while (merged.Find("like") is { } like)
        {
            string other = (like as Scalar)?.Text ?? "";
            if (!written.TryGetValue(other, out Node? model) || model is not Mapping pattern)
            {
                mistakes.Add(like.Place, $"there is no population '{other}'.{Suggestion.For(other, written.Keys)}");
                return null;
            }

            if (!visited.Add(other))
            {
                mistakes.Add(like.Place, $"goes in a circle: {string.Join(" is like ", visited)} is like {other}");
                return null;
            }

            merged = Merge(pattern, new Mapping(merged.Place, [.. merged.Entries.Where(e => e.Key != "like")]));
        }

        return merged;
    }

    /// <summary>Everything of the pattern, then what is written; <c>params</c> and <c>init</c> key by key.</summary>
    private static Mapping Merge(Mapping pattern, Mapping own)
    {
        List<MappingEntry> merged = [.. pattern.Entries.Where(e => own.Find(e.Key) is null)];
        foreach (MappingEntry entry in own.Entries)
        {
            bool inner = entry.Key is "params" or "init";
            merged.Add(inner && entry.Value is Mapping map && pattern.Find(entry.Key) is Mapping below ? entry with { Value = Merge(below, map) } : entry);
        }

        return new Mapping(own.Place, merged);
    }

    private PopulationSpec? ReadOne(int index, string name, Mapping node)
    {
        Fields fields = new(node, mistakes);
        (ImmutableArray<int> shape, int size) = ReadSize(fields);
        string? modelName = fields.RequiredText("model");
        ModelSpec? model = modelName is null ? null : models.Find(modelName, ModelKind.Neuron, fields.PlaceOf("model"));
        if (model is null)
        {
            return null;
        }

        ImmutableArray<NamedValue> parameters = ReadNamed(fields, "params", $"no such parameter of {model.Name}", size,
            [.. model.Parameters.Select(p => (p.Name, p.Default, p.Place))], [Scope.Index, Scope.Size]);
        ImmutableArray<NamedValue> initial = ReadNamed(fields, "init", $"no such state variable of {model.Name}", size,
            [.. model.State.Select(s => (s.Name, s.Initial, s.Place))], [Scope.Index, Scope.Size, .. model.Parameters.Select(p => p.Name)]);
        string method = fields.Text("method") ?? model.Method;
        int substeps = (int)fields.Whole("substeps", 1, Limits.Substeps, 1);
        ReplayTable? replay = ReadReplay(fields, model, size);
        fields.Done();
        PopulationSpec population = new(index, name, shape, size, model, parameters, initial, method, substeps, replay, node.Place);
        PopulationCheck.Check(population, grid, schedule, mistakes);
        return population;
    }

    private (ImmutableArray<int> Shape, int Size) ReadSize(Fields fields)
    {
        IReadOnlyList<Node> extents = fields.OneOrMore("size");
        long size = 1;
        ImmutableArray<int>.Builder shape = ImmutableArray.CreateBuilder<int>();
        foreach (Node extent in extents.Take(Limits.GridDimensions))
        {
            if (!Scalars.TryWhole(extent, mistakes, 1, Limits.PopulationSize, out long value))
            {
                return ([1], 1);
            }

            shape.Add((int)value);
            size = Math.Min(size * value, long.MaxValue / Limits.PopulationSize);
        }

        if (shape.Count == 0 || extents.Count > Limits.GridDimensions || size > Limits.PopulationSize)
        {
            fields.Refuse("size", $"must be a whole number from 1 to {Limits.PopulationSize}, or a list of up to {Limits.GridDimensions} whose product is");
            return ([1], 1);
        }

        return (shape.ToImmutable(), (int)size);
    }

    /// <summary>Every known name with the file's value or its default.</summary>
    private ImmutableArray<NamedValue> ReadNamed(
        Fields fields, string key, string unknown, int size, IReadOnlyList<(string Name, Expr Default, Place Place)> known, IReadOnlyCollection<string> allowed)
    {
        Fields? written = fields.Map(key);
        ImmutableArray<NamedValue>.Builder named = ImmutableArray.CreateBuilder<NamedValue>(known.Count);
        foreach ((string name, Expr initial, Place place) in known)
        {
            Value? value = written?.Take(name) is { } node ? values.ReadValue(node, size, allowed) : new FromExpression(Algebra.Simplify(initial));
            named.Add(new NamedValue(name, value ?? new FromExpression(0.0), written?.Take(name)?.Place ?? place));
        }

        written?.Done(unknown);
        return named.ToImmutable();
    }

    private ReplayTable? ReadReplay(Fields fields, ModelSpec model, int size)
    {
        Node? node = fields.Take("spikes");
        if (model.Spike is not { IsReplay: true })
        {
            if (node is not null)
            {
                mistakes.Add(node.Place, $"{model.Name} makes its own spikes; only a replaying model such as spike_source takes a list");
            }

            return null;
        }

        if (node is null)
        {
            mistakes.Add(fields.Place.At("spikes"), "is missing; give {file: spikes.npz} with the arrays t (ms) and id, or {t: [...], id: [...]}");
            return null;
        }

        return new ReplayReader(values, grid, schedule).Read(node, size);
    }
}
