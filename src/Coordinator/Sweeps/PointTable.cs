using System.Globalization;
using System.Text;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Coordinator.Sweeps;

/// <summary>The points that have ended as <c>points.csv</c> and <c>points.npz</c>, one row each. Numbers are written so that they are read back as the same bits.</summary>
internal sealed class PointTable
{
    public const string CsvFile = "points.csv";
    public const string NpzFile = "points.npz";

    private readonly SweepSpec spec;
    private readonly (SweepPoint Point, PointOutcome Outcome)[] rows;
    private readonly HashSet<string> names = ["point", "repeat", "seed", "objective", "status", "reason", "seconds", "state_hash"];

    public PointTable(SweepSpec spec, IEnumerable<(SweepPoint Point, PointOutcome Outcome)> rows)
    {
        this.spec = spec;
        this.rows = [.. rows];
        AxisNames = [.. spec.Axes.Select(axis => Unused(axis.Path, "vary"))];
        Measures = [.. this.rows.SelectMany(row => row.Outcome.Measures).Select(m => m.Name).Distinct()];
    }

    public IReadOnlyList<(SweepPoint Point, PointOutcome Outcome)> Rows => rows;

    /// <summary>By axis: its path, unless that is the name of another column.</summary>
    public IReadOnlyList<string> AxisNames { get; }

    /// <summary>All that any point has, in the order of the file.</summary>
    public IReadOnlyList<string> Measures { get; }

    /// <summary>NaN where a point has none.</summary>
    public double Objective(PointOutcome outcome) => outcome.Status.HasMeasures() ? spec.Optimize!.Objective.Of(outcome.Numbers) : double.NaN;

    /// <summary>Both files, each there whole or not at all.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public void Write(string folder)
    {
        WriteWhole(Path.Combine(folder, CsvFile), file =>
        {
            using StreamWriter text = new(file, leaveOpen: true);
            text.Write(Csv());
        });
        WriteWhole(Path.Combine(folder, NpzFile), WriteNpz);
    }

    public string Csv()
    {
        string[] numbers = [.. Measures.Where(name => !IsArray(name))];
        StringBuilder text = new();
        AppendRow(text, ["point", "repeat", "seed", .. AxisNames, .. numbers.Select(MeasureName), .. spec.Optimize is null ? [] : (string[])["objective"], "status", "reason", "seconds", "state_hash"]);
        foreach ((SweepPoint point, PointOutcome outcome) in rows)
        {
            IReadOnlyDictionary<string, double?> measured = outcome.Numbers;
            AppendRow(text,
            [
                $"{point.Index}", $"{point.Repeat}", $"{point.Seed}", .. point.Values.Select(v => v.Text), .. numbers.Select(name => Text(measured.GetValueOrDefault(name) ?? double.NaN)),
                .. spec.Optimize is null ? [] : (string[])[Text(Objective(outcome))],
                outcome.Status.Word(), outcome.Reason ?? "", outcome.Seconds.ToString("0.######", CultureInfo.InvariantCulture), outcome.StateHash ?? "",
            ]);
        }

        return text.ToString();
    }

    /// <summary>The same as arrays; measures that are arrays too, a row for each point, filled up with NaN.</summary>
    public void WriteNpz(Stream stream)
    {
        using NpzWriter writer = new(stream);
        writer.Add<int>("point", [.. rows.Select(r => r.Point.Index)]);
        writer.Add<int>("repeat", [.. rows.Select(r => r.Point.Repeat)]);
        writer.Add<ulong>("seed", [.. rows.Select(r => r.Point.Seed)]);
        for (int axis = 0; axis < spec.Axes.Length; axis++)
        {
            bool isNumber = Array.TrueForAll(rows, r => r.Point.Values[axis].Number is not null);
            writer.Add<double>(AxisNames[axis].Replace('/', '_'), [.. rows.Select(r => isNumber ? r.Point.Values[axis].Number!.Value : r.Point.Values[axis].Ordinal)]);
        }

        foreach (string name in Measures)
        {
            AddMeasure(writer, name);
        }

        if (spec.Optimize is not null)
        {
            writer.Add<double>("objective", [.. rows.Select(r => Objective(r.Outcome))]);
        }

        writer.Add<sbyte>("status", [.. rows.Select(r => (sbyte)r.Outcome.Status)]);
        writer.Add<double>("seconds", [.. rows.Select(r => r.Outcome.Seconds)]);
    }

    private static void WriteWhole(string path, Action<Stream> write)
    {
        using (FileStream file = File.Create(path + ".tmp"))
        {
            write(file);
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }

    private void AddMeasure(NpzWriter writer, string name)
    {
        PointMeasure?[] column = [.. rows.Select(r => r.Outcome.Measures.FirstOrDefault(m => m.Name == name))];
        string file = MeasureName(name).Replace('/', '_');
        if (!IsArray(name))
        {
            writer.Add<double>(file, [.. column.Select(m => m?.Number ?? double.NaN)]);
            return;
        }

        int width = column.Max(m => m?.Numbers?.Length ?? 0);
        using NpzEntry<double> entry = writer.Begin<double>(file, rows.Length, width);
        foreach (PointMeasure? measure in column)
        {
            double[] padded = new double[width];
            Array.Fill(padded, double.NaN);
            measure?.Numbers?.CopyTo(padded, 0);
            entry.Write(padded);
        }
    }

    private bool IsArray(string name) => Array.Exists(rows, r => r.Outcome.Measures.Any(m => m.Name == name && m.Numbers is not null));

    private string MeasureName(string name) => names.Contains(name) ? $"measure {name}" : name;

    private string Unused(string name, string word) => names.Add(name) ? name : $"{word} {name}";

    /// <summary>Empty for NaN, as most readers of tables expect.</summary>
    private static string Text(double number) => double.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>RFC 4180, with line feeds.</summary>
    private static void AppendRow(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendJoin(',', cells.Select(cell => cell.AsSpan().ContainsAny(",\"\n\r") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell)).Append('\n');
}
