using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>populations:</c>.</summary>
public sealed class PopulationReader(ValueReader values, ModelCatalog models, StepReader steps, Schedule schedule)
{
    private readonly Mistakes mistakes = values.Mistakes;

    public NamedPopulations Read(Fields fields, out ImmutableArray<PopulationSpec> populations)
    {
        IReadOnlyList<MappingEntry> entries = fields.Entries("populations");
        populations = [];
        if (entries.Count is 0 or > Limits.Populations)
        {
            if (fields.Take("populations") is null or Mapping)
            {
                fields.Refuse("populations", $"must name 1 to {Limits.Populations} populations, such as populations: {{E: {{size: 100, model: lif}}}}");
            }

            return new NamedPopulations([], entries.Select(e => e.Key));
        }

        Likes likes = new(entries, mistakes);
        ImmutableArray<PopulationSpec>.Builder read = ImmutableArray.CreateBuilder<PopulationSpec>();
        List<string> broken = [];
        foreach (MappingEntry entry in entries)
        {
            bool isName = ExpressionParser.IsName(entry.Key);
            if (!isName)
            {
                mistakes.Add(entry.KeyPlace, $"'{entry.Key}' is no name; use the letters a to z, digits and _, not beginning with a digit");
            }

            if (likes.Merged(entry.Key) is { } node && ReadOne(read.Count, entry.Key, node) is { } population && isName)
            {
                read.Add(population);
            }
            else
            {
                broken.Add(entry.Key);
            }
        }

        populations = read.ToImmutable();
        return new NamedPopulations(populations, broken);
    }

    /// <summary>Null where the size or the model has a mistake.</summary>
    private PopulationSpec? ReadOne(int index, string name, Mapping node)
    {
        Fields fields = values.Fields(node);
        (ImmutableArray<int> Shape, int Count)? size = ReadSize(fields);
        string? modelName = fields.RequiredText("model");
        ModelSpec? model = modelName is null ? null : models.Find(modelName, ModelKind.Neuron, fields.PlaceOf("model"));
        string? method = fields.Text("method");
        if (method is not null && SolverNames.WhyNot(method) is { } noSolver)
        {
            fields.Refuse("method", noSolver);
        }

        int substeps = (int)fields.Whole("substeps", 1, Limits.Substeps, 1);
        if (model is null)
        {
            return null;
        }

        double? tolerance = ReadTolerance(fields, method, model, substeps);
        ImmutableArray<NamedValue> parameters = ReadNamed(fields, "params", $"no such parameter of {model.Name}", size?.Count,
            [.. model.Parameters.Select(p => (p.Name, p.Default, p.Place))], [Scope.Index, Scope.Size]);
        parameters = RangeCheck.Within(model, parameters, size?.Count, mistakes);
        ImmutableArray<NamedValue> initial = ReadNamed(fields, "init", $"no such state variable of {model.Name}", size?.Count,
            [.. model.State.Select(s => (s.Name, s.Initial, s.Place))], [Scope.Index, Scope.Size, .. model.Parameters.Select(p => p.Name)]);
        ReplayTable? replay = ReadReplay(fields, model, size?.Count);
        fields.Done();
        PopulationSpec population = new(index, name, size?.Shape ?? [1], size?.Count ?? 1, model, parameters, initial, method ?? model.Method, substeps, replay, node.Place) { Tolerance = tolerance };
        PopulationCheck.Check(population, steps, schedule, mistakes);
        return size is null ? null : population;
    }

    /// <summary>The population's own, else that of the model's method where it keeps it.</summary>
    private static double? ReadTolerance(Fields fields, string? method, ModelSpec model, int substeps)
    {
        double? own = fields.Number("tol");
        if (own is { } written && (SolverNames.WhyNotTolerance(written) ?? SolverNames.WhyNotWithin(method ?? model.Method)) is { } reason)
        {
            fields.Refuse("tol", reason);
        }

        double? tolerance = own ?? (method is null ? model.Tolerance : null);
        if (tolerance is not null && substeps > 1)
        {
            fields.Refuse("substeps", "a method that keeps to a tolerance (tol) chooses its own steps; remove one of the two");
        }

        return tolerance;
    }

    private (ImmutableArray<int> Shape, int Count)? ReadSize(Fields fields)
    {
        if (fields.RequiredNode("size") is not { } node)
        {
            return null;
        }

        IReadOnlyList<Node> extents = node is Sequence list ? list.Items : [node];
        if (extents.Count is 0 or > Limits.GridDimensions)
        {
            fields.Refuse("size", $"must be one number, or a list of 1 to {Limits.GridDimensions}, such as [20, 20]");
            return null;
        }

        long size = 1;
        ImmutableArray<int>.Builder shape = ImmutableArray.CreateBuilder<int>();
        foreach (Node extent in extents)
        {
            if (values.Folded(extent) is not { } number || !Scalars.TryWhole(number, mistakes, 1, Limits.PopulationSize, out long value))
            {
                return null;
            }

            shape.Add((int)value);
            size = Math.Min(size * value, long.MaxValue / Limits.PopulationSize);
        }

        if (size > Limits.PopulationSize)
        {
            fields.Refuse("size", $"{string.Join(" x ", shape)} is more than {Limits.PopulationSize} neurons");
            return null;
        }

        return (shape.ToImmutable(), (int)size);
    }

    /// <summary>Every known name with the file's value or its default.</summary>
    private ImmutableArray<NamedValue> ReadNamed(
        Fields fields, string key, string unknown, int? size, IReadOnlyList<(string Name, Expr Default, Place Place)> known, IReadOnlyCollection<string> allowed)
    {
        Fields? written = fields.Map(key);
        ImmutableArray<NamedValue>.Builder named = ImmutableArray.CreateBuilder<NamedValue>(known.Count);
        foreach ((string name, Expr initial, Place place) in known)
        {
            Value? value = written?.Take(name) is { } node ? values.ReadValue(node, size, allowed) : new FromExpression(Algebra.Simplify(initial));
            named.Add(new NamedValue(name, value ?? NamedValue.Unknown, written?.Take(name)?.Place ?? place));
        }

        written?.Done(unknown);
        return named.ToImmutable();
    }

    private ReplayTable? ReadReplay(Fields fields, ModelSpec model, int? size)
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

        return new ReplayReader(values, steps.Grid, schedule).Read(node, size);
    }
}
