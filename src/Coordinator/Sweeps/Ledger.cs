using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BrainSim.Contracts;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Sweeps;

/// <summary>
/// The points that have ended, in a file that is only ever added to: a line for each, with its CRC-32 before it. A line that a kill cut short, or that a disk spoilt, has the wrong check and
/// counts for nothing: its point is run again. One process at a time. Not thread-safe.
/// </summary>
internal sealed class Ledger : IDisposable
{
    public const string Name = "points.ledger";

    /// <summary>What a loss of power may cost. A killed process loses nothing, since lines are the system's as soon as they are written.</summary>
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(1);

    private readonly FileStream file;
    private readonly Dictionary<string, PointOutcome> outcomes = [];
    private readonly TimeProvider clock;
    private long flushed;

    private Ledger(FileStream file, TimeProvider clock)
    {
        this.file = file;
        this.clock = clock;
        flushed = clock.GetTimestamp();
        Read();
    }

    /// <exception cref="UserMistakeException">Another process writes it.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Ledger Open(string folder, TimeProvider clock)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            return new Ledger(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), clock);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new UserMistakeException(new Place("--out", 0, 0, folder), $"another process works on this sweep ({Name} is in use); wait for it, or give another folder.");
        }
    }

    public PointOutcome? Find(string key) => outcomes.GetValueOrDefault(key);

    public void Append(string key, PointOutcome outcome)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(LedgerEntry.Of(key, outcome), LedgerJson.Default.LedgerEntry);
        file.Write([.. Encoding.ASCII.GetBytes(Check(json)), (byte)' ', .. json, (byte)'\n']);
        bool isDue = clock.GetElapsedTime(flushed) >= FlushEvery;
        file.Flush(flushToDisk: isDue);
        flushed = isDue ? clock.GetTimestamp() : flushed;
        outcomes[key] = outcome;
    }

    public void Dispose()
    {
        file.Flush(flushToDisk: true);
        file.Dispose();
    }

    private void Read()
    {
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        foreach (Range line in bytes.AsSpan().Split((byte)'\n'))
        {
            if (Parse(bytes.AsSpan(line)) is { } entry)
            {
                outcomes[entry.Key] = entry.Outcome;
            }
        }

        if (bytes is [.., not (byte)'\n'])
        {
            file.WriteByte((byte)'\n');
        }
    }

    /// <returns>Null where the line is not whole.</returns>
    private static LedgerEntry? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length < 10 || Encoding.ASCII.GetString(line[..8]) != Check(line[9..]))
        {
            return null;
        }

        return JsonSerializer.Deserialize(line[9..], LedgerJson.Default.LedgerEntry);
    }

    private static string Check(ReadOnlySpan<byte> json) => Crc32.Of(json, []).ToString("x8", CultureInfo.InvariantCulture);
}

/// <summary>A line of the ledger.</summary>
internal sealed record LedgerEntry(string Key, string Status, string? Reason, Dictionary<string, MeasureValue> Measures, string? StateHash, double Seconds, double? Limit)
{
    [JsonIgnore]
    public PointOutcome Outcome => new(
        PointStatusWords.Parse(Status) ?? throw new JsonException($"'{Status}' is no status of a point."),
        Reason, [.. Measures.Select(m => new PointMeasure(m.Key, m.Value.Number, m.Value.Numbers))], StateHash, Seconds, Limit);

    public static LedgerEntry Of(string key, PointOutcome outcome) => new(
        key, outcome.Status.Word(), outcome.Reason, outcome.Measures.ToDictionary(m => m.Name, m => new MeasureValue(m.Number, m.Numbers)), outcome.StateHash, outcome.Seconds, outcome.Limit);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LedgerEntry))]
internal sealed partial class LedgerJson : JsonSerializerContext;
