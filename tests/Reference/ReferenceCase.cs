using System.Text.Json;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>One run of the other simulator: an entry of Data/cases.json with the trace that belongs to it.</summary>
internal sealed class ReferenceCase
{
    private static readonly Lazy<JsonDocument> File = new(() => JsonDocument.Parse(System.IO.File.ReadAllText(PathOf("cases.json"))));

    private readonly JsonElement entry;
    private readonly double[] trace;

    public ReferenceCase(string id)
    {
        entry = Entry(id);
        JsonElement file = entry.GetProperty("files")[0];
        Columns = [.. file.GetProperty("columns").EnumerateArray().Select(c => c.GetString()!)];
        Every = file.GetProperty("every").GetInt32();
        FirstStep = file.GetProperty("first_step").GetInt32();
        trace = Numbers(file.GetProperty("path").GetString()!);
        Assert.Equal(file.GetProperty("rows").GetInt32(), Rows);
    }

    /// <summary>What Data/cases.json says of a case.</summary>
    public static JsonElement Entry(string id) => File.Value.RootElement.GetProperty("cases").EnumerateArray().Single(e => e.GetProperty("id").GetString() == id);

    /// <summary>Of every case whose trace belongs to one neuron.</summary>
    public static IEnumerable<string> NeuronIds =>
        from e in File.Value.RootElement.GetProperty("cases").EnumerateArray()
        let id = e.GetProperty("id").GetString()
        where id.StartsWith("n000_") || id.StartsWith("m003_HH") || id.StartsWith("m003_FHN") || id.StartsWith("m003_ch8")
        select id;

    /// <summary>In ms.</summary>
    public double Dt => entry.GetProperty("dt").GetDouble();

    public int Steps => entry.GetProperty("steps").GetInt32();

    public string Method => entry.GetProperty("method").GetString()!;

    public IReadOnlyDictionary<string, double> Parameters => Named("parameters");

    public IReadOnlyDictionary<string, double> InitialState => Named("initial_state");

    /// <summary>Levels and durations (ms) of a current in pieces; null where the input is given in words.</summary>
    public IReadOnlyList<(double Level, double Duration)>? Segments =>
        entry.GetProperty("inputs") is { ValueKind: JsonValueKind.Object } inputs
            ? [.. inputs.GetProperty("segments").EnumerateArray().Select(s => (s[0].GetDouble(), s[1].GetDouble()))]
            : null;

    /// <summary>Steps that spiked; null where the case does not say.</summary>
    public int[]? SpikeSteps =>
        entry.TryGetProperty("spikes", out JsonElement spikes)
            ? [.. spikes.GetProperty("spike").GetProperty("steps").EnumerateArray().Select(s => s.GetInt32())]
            : null;

    public string[] Columns { get; }

    public int Rows => trace.Length / Columns.Length;

    /// <summary>Steps from one row to the next.</summary>
    public int Every { get; }

    public int FirstStep { get; }

    public double this[int row, string column] => trace[(row * Columns.Length) + Array.IndexOf(Columns, column)];

    /// <summary>A file of Data as numbers, in C order.</summary>
    public static double[] Numbers(string file) => ArrayFiles.Read(PathOf(file), null, new Place(file, 0, 0, "")).AsDoubles();

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Reference", "Data", file);

    private Dictionary<string, double> Named(string key) =>
        entry.GetProperty(key).EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number).ToDictionary(p => p.Name, p => p.Value.GetDouble());
}
