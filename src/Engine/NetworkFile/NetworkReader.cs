using System.Collections.Immutable;
using System.Security.Cryptography;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads a network file: text, settings from the command line, models, arrays. All mistakes are reported in one go.</summary>
public sealed class NetworkReader
{
    private readonly Mistakes mistakes;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Fields fields;
    private readonly ValueReader values;
    private readonly ModelCatalog models;

    private NetworkReader(Node root, NamedFiles files, Mistakes mistakes)
    {
        this.mistakes = mistakes;
        Constants constants = ConstantsReader.Read(root, mistakes);
        fields = new Fields(root, mistakes, constants);
        fields.Take(ConstantsReader.Key);
        values = new ValueReader(files, constants, mistakes, hash);
        models = new ModelCatalog(files, mistakes, hash);
        hash.AppendData(new NodeDigest().Of(WithoutSearch(root)));
    }

    /// <param name="settings">Texts <c>path=value</c> that replace values of the file.</param>
    /// <exception cref="UserMistakeException">With every mistake found.</exception>
    public static NetworkSpec Read(string path, IEnumerable<string> settings) => NetworkDocument.Load(path, settings).Read();

    /// <inheritdoc cref="Read(string, IEnumerable{string})"/>
    /// <param name="files">The files that the network names.</param>
    public static NetworkSpec Read(string path, NamedFiles files, IEnumerable<string> settings) => NetworkDocument.Load(path, files, settings).Read();

    /// <summary>Those that a network file of a path can name.</summary>
    public static NamedFiles FilesBeside(string path) => NamedFiles.In(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");

    /// <summary>Reads a network from text; arrays are found relative to <paramref name="folder"/>.</summary>
    /// <exception cref="UserMistakeException">With every mistake found.</exception>
    public static NetworkSpec ReadText(string name, string text, string folder, IEnumerable<string> settings) => NetworkDocument.Parse(name, text, folder, settings).Read();

    /// <returns>Null after a mistake.</returns>
    internal static NetworkSpec? Read(Node root, NamedFiles files, Mistakes mistakes) => new NetworkReader(root, files, mistakes).ReadNetwork();

    /// <summary>A network is the same whatever is searched with it.</summary>
    private static Node WithoutSearch(Node root) => root is Mapping map
        ? new Mapping(map.Place, [.. map.Entries.Where(e => !NetworkDocument.SearchKeys.Contains(e.Key))])
        : root;

    private NetworkSpec? ReadNetwork()
    {
        string? name = fields.RequiredText("name");
        StepReader stepReader = ReadTime(out long steps);
        Schedule schedule = ReadSchedule();
        ulong seed = (ulong)fields.Whole("seed", 0, long.MaxValue, 0);
        Precision precision = fields.OneOf("precision", "float64", "float32") == "float32" ? Precision.Float32 : Precision.Float64;
        string title = fields.Text("title", "");
        string source = fields.Text("source", "");
        models.Read(fields);
        NamedPopulations named = new PopulationReader(values, models, stepReader, schedule).Read(fields, out ImmutableArray<PopulationSpec> populations);
        ProjectionReader projectionReader = new(values, models, stepReader, schedule, named);
        ImmutableArray<ProjectionSpec> projections = projectionReader.Read(fields);
        (populations, projections) = new EveryReader(stepReader, named, projectionReader.ReadAll).Read(fields, populations, projections);
        ImmutableArray<InputSpec> inputs = new InputReader(values, stepReader, named).Read(fields);
        MonitorReader monitorReader = new(values, stepReader, named, projections, projectionReader.ReadAll);
        ImmutableArray<MonitorSpec> monitors = monitorReader.Read(fields);
        ImmutableArray<MeasureSpec> measures = ReadMeasures(stepReader, steps, named, populations, monitors, monitorReader.ReadAll);
        foreach (string key in NetworkDocument.SearchKeys)
        {
            fields.Take(key);
        }

        fields.Done();
        return name is null || mistakes.Any ? null : new NetworkSpec
        {
            Name = name, Title = title, Source = source, Grid = stepReader.Grid, Steps = steps, Seed = seed, Precision = precision, Schedule = schedule,
            Populations = populations, Projections = projections, Inputs = inputs,
            Monitors = MeasureMonitors.With(monitors, measures, populations), Measures = measures,
            Hash = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
    }

    private StepReader ReadTime(out long steps)
    {
        double dt = fields.RequiredNumber("dt");
        double duration = fields.RequiredNumber("duration");
        bool isKnown = dt is >= Limits.ShortestStep and <= Limits.LongestStep;
        if (!isKnown && !double.IsNaN(dt))
        {
            fields.Refuse("dt", $"must be a number of ms from {TimeGrid.Text(Limits.ShortestStep)} to {TimeGrid.Text(Limits.LongestStep)}, but is {dt}");
        }

        StepReader reader = new(new TimeGrid(isKnown ? dt : 1), isKnown, mistakes);
        steps = double.IsNaN(duration) ? 0 : reader.Read(duration, fields.PlaceOf("duration"), 0, TimeGrid.MostSteps) ?? 0;
        return reader;
    }

    private Schedule ReadSchedule()
    {
        if (fields.Take("schedule") is not Node node)
        {
            return Schedule.Default;
        }

        string[] words = node is Sequence list ? [.. list.Items.Select(item => (item as Scalar)?.Text ?? "")] : [];
        string[] known = [.. Enum.GetNames<Phase>().Select(p => p.ToLowerInvariant())];
        if (!words.Order(StringComparer.Ordinal).SequenceEqual(known.Order(StringComparer.Ordinal)))
        {
            mistakes.Add(node.Place, $"must hold each of {string.Join(", ", known)} once, but is {Scalars.Describe(node)}");
            return Schedule.Default;
        }

        return new Schedule([.. words.Select(word => Enum.Parse<Phase>(word, ignoreCase: true))]);
    }

    private ImmutableArray<MeasureSpec> ReadMeasures(
        StepReader stepReader, long steps, NamedPopulations named, ImmutableArray<PopulationSpec> populations, ImmutableArray<MonitorSpec> monitors, bool allMonitors)
    {
        MeasuredNeuronsReader neurons = new(mistakes, named, populations);
        MeasureRuleReader rules = new(stepReader, neurons, populations, monitors, allMonitors);
        return new MeasureReader(mistakes, stepReader, steps, neurons, rules).Read(fields);
    }
}
