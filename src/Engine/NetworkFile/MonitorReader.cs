using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>monitors:</c>.</summary>
/// <param name="allProjections">False where a projection has a mistake, so that its name is not known.</param>
public sealed class MonitorReader(ValueReader values, StepReader steps, NamedPopulations populations, ImmutableArray<ProjectionSpec> projections, bool allProjections)
{
    private readonly Mistakes mistakes = values.Mistakes;
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>False where a monitor could not be read.</summary>
    public bool ReadAll { get; private set; }

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
            if (ReadOne(values.Fields(node)) is { } monitor)
            {
                monitors.Add(monitor);
            }
        }

        ReadAll = monitors.Count == written.Count;
        return monitors.ToImmutable();
    }

    private MonitorSpec? ReadOne(Fields fields)
    {
        string? name = fields.RequiredText("name");
        string? of = fields.RequiredText("of");
        string[]? record = ReadRecord(fields);
        int every = ReadEvery(fields);
        (PopulationSpec? population, ProjectionSpec? projection) = of is null ? (null, null) : FindOf(of, fields.PlaceOf("of"));
        int[]? ids = ReadIndex(fields, projection is null ? population?.Size : MostSynapses);
        bool everyGiven = fields.Has("every");
        bool nameFits = name is not null && NameIsFit(name, fields.PlaceOf("name"));
        fields.Done();
        MonitorKind kind = record switch { ["spikes"] => MonitorKind.Spikes, ["rate"] => MonitorKind.Rate, _ => MonitorKind.Variables };
        if (kind == MonitorKind.Spikes && everyGiven)
        {
            fields.Refuse("every", "spikes are recorded whenever they happen; remove it");
        }

        return population is not null && record is not null && RecordFits(record, kind, population, projection, fields) && nameFits
            ? new MonitorSpec(name!, kind, population.Index, projection?.Index, kind == MonitorKind.Variables ? [.. record] : [], ids, every, fields.Place)
            : null;
    }

    /// <summary>The words of <c>record</c>; null after a mistake.</summary>
    private string[]? ReadRecord(Fields fields)
    {
        if (fields.Take("record") is null or Sequence { Items.Count: 0 })
        {
            fields.Refuse("record", "is missing: spikes, rate, or a list of variables");
            return null;
        }

        List<string> words = [];
        IReadOnlyList<Node> items = fields.OneOrMore("record");
        foreach (Node item in items)
        {
            if (Scalars.TryText(item, mistakes, out string word))
            {
                words.Add(word);
            }
        }

        if (words.Count > 1 && words.Find(word => word is "spikes" or "rate") is { } alone)
        {
            fields.Refuse("record", $"'{alone}' is recorded by a monitor of its own; make one more monitor");
            return null;
        }

        if (words.GroupBy(word => word).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            fields.Refuse("record", $"names '{twice.Key}' twice");
            return null;
        }

        return words.Count == items.Count && words.Count > 0 ? [.. words] : null;
    }

    private (PopulationSpec? Population, ProjectionSpec? Projection) FindOf(string of, Place place)
    {
        ProjectionSpec? projection = projections.FirstOrDefault(p => p.Name == of);
        if (projection is not null)
        {
            return (populations[projection.Post], projection);
        }

        if (!of.Contains("->", StringComparison.Ordinal))
        {
            return (populations.Find(of, place, mistakes), null);
        }

        if (allProjections)
        {
            mistakes.Add(place, $"there is no projection '{of}'.{Suggestion.For(of, projections.Select(p => p.Name))}");
        }

        return (null, null);
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

    private int ReadEvery(Fields fields) =>
        fields.Number("every") is { } every ? (int)(steps.Read(every, fields.PlaceOf("every"), 1, TimeGrid.MostSteps) ?? 1) : 1;

    /// <summary>What an index of a projection may name: how many there are is known when the synapses are made.</summary>
    private const int MostSynapses = 100_000_000;

    /// <param name="size">Null where the population is not known.</param>
    private int[]? ReadIndex(Fields fields, int? size)
    {
        Node? node = fields.Take("index");
        if (node is null || size is not { } count)
        {
            return null;
        }

        if (node is Scalar scalar)
        {
            if (Slice.TryRead(scalar.Text, count, out (int From, int To, int Stride) range, out string reason))
            {
                if (count == MostSynapses && range.To == count)
                {
                    mistakes.Add(node.Place, $"'{scalar.Text}' of a projection needs its end, such as 0:10");
                }

                return Slice.Ids(range);
            }

            mistakes.Add(node.Place, reason);
            return null;
        }

        if (!Scalars.TryNumbers(node, mistakes, out double[] ids))
        {
            return null;
        }

        if (ids.Length > 0 && Array.TrueForAll(ids, id => id >= 0 && id < count && id == Math.Floor(id)))
        {
            return Array.ConvertAll(ids, id => (int)id);
        }

        mistakes.Add(node.Place, $"must list ids, whole numbers from 0 to {count - 1}");
        return null;
    }

    private bool RecordFits(string[] record, MonitorKind kind, PopulationSpec population, ProjectionSpec? projection, Fields fields)
    {
        ModelSpec model = projection?.Synapse ?? population.Model;
        if (kind != MonitorKind.Variables)
        {
            if (projection is not null)
            {
                fields.Refuse("record", $"a projection has no {record[0]}; record a variable of its synapses, or the population's {record[0]}");
            }

            return projection is null;
        }

        string[] known = projection is not null
            ? [.. model.State.Select(s => s.Name), .. model.ChangesWeight ? [Scope.Weight] : Array.Empty<string>()]
            : [.. model.State.Select(s => s.Name), .. model.Inputs, .. model.Parameters.Select(p => p.Name)];
        string[] unknown = [.. record.Where(v => !known.Contains(v))];
        foreach (string variable in unknown)
        {
            fields.Refuse("record", projection is not null && variable is "weight" or "delay"
                ? $"{model.Name} never changes the {variable}, so there is nothing to record"
                : $"{model.Name} has no variable '{variable}'.{Suggestion.For(variable, projection is null ? [.. known, "spikes", "rate"] : known)}");
        }

        return unknown.Length == 0;
    }
}
