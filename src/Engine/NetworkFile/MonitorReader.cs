using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>monitors:</c>.</summary>
public sealed class MonitorReader(Mistakes mistakes, TimeGrid grid, NamedPopulations populations, ImmutableArray<ProjectionSpec> projections)
{
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

    public ImmutableArray<MonitorSpec> Read(Fields fields)
    {
        ImmutableArray<MonitorSpec>.Builder monitors = ImmutableArray.CreateBuilder<MonitorSpec>();
        IReadOnlyList<Node> written = fields.List("monitors");
        if (written.Count > Limits.Monitors)
        {
            fields.Refuse("monitors", $"there are more than {Limits.Monitors} monitors");
            return [];
        }

        foreach (Node node in written)
        {
            if (ReadOne(new Fields(node, mistakes)) is { } monitor)
            {
                monitors.Add(monitor);
            }
        }

        return monitors.ToImmutable();
    }

    private MonitorSpec? ReadOne(Fields fields)
    {
        string? name = fields.RequiredText("name");
        string? of = fields.RequiredText("of");
        string[] record = [.. fields.OneOrMore("record").Select(n => Scalars.TryText(n, mistakes, out string word) ? word : "")];
        if (name is null || of is null || !NameIsFit(name, fields.PlaceOf("name")))
        {
            return null;
        }

        ProjectionSpec? projection = projections.FirstOrDefault(p => p.Name == of);
        PopulationSpec? population = projection is not null ? populations[projection.Post]
            : of.Contains("->", StringComparison.Ordinal) ? NoProjection(of, fields.PlaceOf("of"))
            : populations.Find(of, fields.PlaceOf("of"), mistakes);
        int every = ReadEvery(fields);
        int[]? ids = population is null ? null : ReadIndex(fields, population.Size);
        MonitorKind kind = record switch { ["spikes"] => MonitorKind.Spikes, ["rate"] => MonitorKind.Rate, _ => MonitorKind.Variables };
        bool everyGiven = fields.Has("every");
        fields.Done();
        if (population is null)
        {
            return null;
        }

        if (kind == MonitorKind.Spikes && everyGiven)
        {
            fields.Refuse("every", "spikes are recorded whenever they happen; remove it");
        }

        return RecordFits(record, kind, population, projection, fields)
            ? new MonitorSpec(name, kind, population.Index, projection?.Index, kind == MonitorKind.Variables ? [.. record] : [], ids, every, fields.Place)
            : null;
    }

    private PopulationSpec? NoProjection(string of, Place place)
    {
        mistakes.Add(place, $"there is no projection '{of}'.{Suggestion.For(of, projections.Select(p => p.Name))}");
        return null;
    }

    /// <summary>The name becomes a file's name.</summary>
    private bool NameIsFit(string name, Place place)
    {
        bool plain = name.Length is > 0 and <= 100 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') && !name.Equals("run", StringComparison.OrdinalIgnoreCase);
        if (!plain)
        {
            mistakes.Add(place, $"'{name}' becomes a file's name; use up to 100 letters, digits, _ and -, and not 'run'");
            return false;
        }

        bool fresh = names.Add(name);
        if (!fresh)
        {
            mistakes.Add(place, $"there are two monitors called '{name}' (capital letters do not count)");
        }

        return fresh;
    }

    private int ReadEvery(Fields fields)
    {
        if (fields.Number("every") is not { } every)
        {
            return 1;
        }

        if (!grid.TryWhole(every, out long steps) || steps < 1 || steps > int.MaxValue)
        {
            fields.Refuse("every", $"{TimeGrid.Text(every)} ms must be a whole number of steps of {TimeGrid.Text(grid.Dt)} ms, at least one");
            return 1;
        }

        return (int)steps;
    }

    private int[]? ReadIndex(Fields fields, int size)
    {
        Node? node = fields.Take("index");
        switch (node)
        {
            case null:
                return null;
            case Sequence when Scalars.TryNumbers(node, mistakes, out double[] ids):
                if (ids.Length > 0 && Array.TrueForAll(ids, id => id >= 0 && id < size && id == Math.Floor(id)))
                {
                    return Array.ConvertAll(ids, id => (int)id);
                }

                mistakes.Add(node.Place, $"must list ids, whole numbers from 0 to {size - 1}");
                return null;
            case Scalar scalar when !Slice.TryRead(scalar.Text, size, out (int From, int To, int Stride) range, out string reason):
                mistakes.Add(node.Place, reason);
                return null;
            case Scalar scalar when Slice.TryRead(scalar.Text, size, out (int From, int To, int Stride) range, out _):
                return Slice.Ids(range);
            default:
                return null;
        }
    }

    private bool RecordFits(string[] record, MonitorKind kind, PopulationSpec population, ProjectionSpec? projection, Fields fields)
    {
        ModelSpec model = projection?.Synapse ?? population.Model;
        string[] known = projection is not null
            ? [.. model.State.Select(s => s.Name)]
            : [.. model.State.Select(s => s.Name), .. model.Inputs, .. model.Parameters.Select(p => p.Name)];
        bool fits = true;
        if (record.Length == 0)
        {
            fields.Refuse("record", "is missing: spikes, rate, or a list of variables");
            return false;
        }

        if (kind != MonitorKind.Variables)
        {
            if (projection is not null)
            {
                fields.Refuse("record", $"a projection has no {record[0]}; record a variable of its synapses, or the population's {record[0]}");
            }

            return projection is null;
        }

        foreach (string variable in record.Where(v => !known.Contains(v)))
        {
            fields.Refuse("record", $"{model.Name} has no variable '{variable}'.{Suggestion.For(variable, [.. known, "spikes", "rate"])}");
            fits = false;
        }

        return fits;
    }
}
