using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads a network file: text, settings from the command line, models, arrays. All mistakes are reported in one go.</summary>
public sealed class NetworkReader
{
    private readonly Mistakes mistakes = new();
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Fields fields;
    private readonly ValueReader values;
    private readonly ModelCatalog models;

    private NetworkReader(Node root, string folder, Mistakes mistakes)
    {
        this.mistakes = mistakes;
        fields = new Fields(root, mistakes);
        values = new ValueReader(folder, mistakes, hash);
        models = new ModelCatalog(folder, mistakes, hash);
        Feed(root);
    }

    /// <param name="settings">Texts <c>path=value</c> that replace values of the file.</param>
    /// <exception cref="UserMistakeException">With every mistake found.</exception>
    public static NetworkSpec Read(string path, IEnumerable<string> settings)
    {
        Mistakes mistakes = new();
        Node? root = YamlText.ReadFile(path, mistakes);
        mistakes.ThrowIfAny();
        return Read(root!, Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".", settings, mistakes);
    }

    /// <summary>Reads a network from text; arrays are found relative to <paramref name="folder"/>.</summary>
    /// <exception cref="UserMistakeException">With every mistake found.</exception>
    public static NetworkSpec ReadText(string name, string text, string folder, IEnumerable<string> settings)
    {
        Mistakes mistakes = new();
        Node? root = YamlText.Read(name, text, mistakes);
        mistakes.ThrowIfAny();
        return Read(root!, folder, settings, mistakes);
    }

    private static NetworkSpec Read(Node root, string folder, IEnumerable<string> settings, Mistakes mistakes)
    {
        foreach (string setting in settings)
        {
            root = Overrides.Apply(root, setting, mistakes);
        }

        mistakes.ThrowIfAny();
        NetworkSpec? network = new NetworkReader(root, folder, mistakes).ReadNetwork();
        mistakes.ThrowIfAny();
        return network!;
    }

    private NetworkSpec? ReadNetwork()
    {
        string? name = fields.RequiredText("name");
        (TimeGrid grid, long steps) = ReadTime();
        Schedule schedule = ReadSchedule();
        ulong seed = (ulong)fields.Whole("seed", 0, long.MaxValue, 0);
        Precision precision = fields.OneOf("precision", "float64", "float32") == "float32" ? Precision.Float32 : Precision.Float64;
        string title = fields.Text("title", "");
        string source = fields.Text("source", "");
        models.Read(fields);
        ImmutableArray<PopulationSpec> populations = new PopulationReader(values, models, grid, schedule).Read(fields);
        NamedPopulations named = new(populations);
        ImmutableArray<ProjectionSpec> projections = new ProjectionReader(values, models, grid, schedule, named).Read(fields);
        ImmutableArray<InputSpec> inputs = new InputReader(values, grid, named).Read(fields);
        ImmutableArray<MonitorSpec> monitors = new MonitorReader(mistakes, grid, named, projections).Read(fields);
        RefuseWhatIsNotBuilt();
        fields.Done();
        return name is null || mistakes.Any ? null : new NetworkSpec
        {
            Name = name, Title = title, Source = source, Grid = grid, Steps = steps, Seed = seed, Precision = precision, Schedule = schedule,
            Populations = populations, Projections = projections, Inputs = inputs, Monitors = monitors,
            Hash = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
    }

    private (TimeGrid Grid, long Steps) ReadTime()
    {
        double dt = fields.RequiredNumber("dt");
        double duration = fields.RequiredNumber("duration");
        if (double.IsNaN(dt) || dt < Limits.ShortestStep)
        {
            fields.Refuse("dt", $"must be a positive number of ms, at least {Limits.ShortestStep}");
            return (new TimeGrid(1), 1);
        }

        TimeGrid grid = new(dt);
        if (double.IsNaN(duration) || duration < 0)
        {
            fields.Refuse("duration", "must be a number of ms, not negative");
        }
        else if (!grid.TryWhole(duration, out long steps))
        {
            fields.Refuse("duration", $"{TimeGrid.Text(duration)} ms is no whole number of steps of {TimeGrid.Text(dt)} ms; the nearest are {grid.Neighbours(duration)}");
        }
        else if (steps > TimeGrid.MostSteps)
        {
            fields.Refuse("duration", $"is {steps} steps; a run has at most {TimeGrid.MostSteps}");
        }
        else
        {
            return (grid, steps);
        }

        return (grid, 1);
    }

    private Schedule ReadSchedule()
    {
        if (fields.Take("schedule") is not Node node)
        {
            return Schedule.Default;
        }

        string[] words = node is Sequence list ? [.. list.Items.OfType<Scalar>().Select(s => s.Text)] : [];
        string[] known = [.. Enum.GetNames<Phase>().Select(p => p.ToLowerInvariant())];
        if (!words.Order(StringComparer.Ordinal).SequenceEqual(known.Order(StringComparer.Ordinal)))
        {
            mistakes.Add(node.Place, $"must be a list that holds each of {string.Join(", ", known)} once");
            return Schedule.Default;
        }

        return new Schedule([.. words.Select(word => Enum.Parse<Phase>(word, ignoreCase: true))]);
    }

    private void RefuseWhatIsNotBuilt()
    {
        foreach (string key in (ReadOnlySpan<string>)["every", "measures", "sweep"])
        {
            if (fields.Take(key) is { } node)
            {
                mistakes.Add(node.Place, $"this version cannot do '{key}'; remove it");
            }
        }
    }

    private void Feed(Node node)
    {
        StringBuilder text = new();
        NodeText.Append(text, node);
        hash.AppendData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}

/// <summary>Writes a node as text that depends on its content only, not on layout; for hashing.</summary>
public static class NodeText
{
    public static void Append(StringBuilder text, Node node)
    {
        switch (node)
        {
            case Scalar scalar:
                text.Append('"').Append(scalar.Text.Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
                break;
            case Sequence list:
                text.Append('[');
                foreach (Node item in list.Items)
                {
                    Append(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case Mapping map:
                text.Append('{');
                foreach (MappingEntry entry in map.Entries)
                {
                    text.Append(entry.Key).Append(':');
                    Append(text, entry.Value);
                    text.Append(',');
                }

                text.Append('}');
                break;
        }
    }
}

/// <summary>The populations of a file by name.</summary>
public sealed class NamedPopulations(ImmutableArray<PopulationSpec> populations)
{
    private readonly Dictionary<string, PopulationSpec> byName = populations.ToDictionary(p => p.Name);

    public PopulationSpec this[int index] => populations[index];

    public PopulationSpec? Find(string name, Place place, Mistakes mistakes)
    {
        if (byName.TryGetValue(name, out PopulationSpec? population))
        {
            return population;
        }

        mistakes.Add(place, $"there is no population '{name}'.{Suggestion.For(name, byName.Keys)}");
        return null;
    }
}
