using System.Globalization;
using BrainSim.Bench.Yardsticks;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Bench;

/// <summary>A case: a network file and what is changed in it, the number that its issue asks for, and what it is measured against.</summary>
/// <param name="File">Null where only the yardstick is there.</param>
/// <param name="Settings">From the factor on the number of neurons.</param>
/// <param name="Bar">Most seconds of stepping, of the duration that the file says: a biological second, half of one for gamma, ten for stdp. Null where none is set.</param>
/// <param name="Yardstick">Seconds of the hand-written program's stepping; null where there is none.</param>
/// <param name="Standard">Whether it runs when no case is named.</param>
public sealed record Case(string Name, string? File, Func<double, string[]> Settings, double? Bar, Func<Case, Options, double>? Yardstick, bool Standard)
{
    /// <summary>For a search: the path of the value that differs between its points. Its bar is in seconds of a point that are not stepping.</summary>
    public string? Vary { get; private init; }

    /// <summary>Of a search: whether the program runs it, and not the engine alone.</summary>
    public bool IsCommand { get; private init; }

    public static IReadOnlyList<Case> All { get; } =
    [
        Coba("coba-4000", 4_000, 0.045),
        Coba("coba-40000", 40_000, 0.33),
        Coba("coba-400000", 400_000, 5),
        new("hh-10000", "hh.yaml", scale => [$"populations.cells.size={Math.Round(10_000 * scale)}"], 0.65, null, true),
        new("cobahh", "cobahh.yaml", scale => [$"populations.E.size={Math.Round(3_200 * scale)}", $"populations.I.size={Math.Round(800 * scale)}"], 0.3, null, true),
        new("gamma", "gamma.yaml", scale => [$"N_cells={Math.Round(100 * scale)}"], 0.15, null, true),
        new("stdp", "stdp.yaml", scale => [$"populations.sources.size={Math.Round(1_000 * scale)}", $"populations.targets.size={Math.Round(1_000 * scale)}"], 5.5, null, true),
        new("brunel", "brunel.yaml", _ => ["populations.E.params.V_reset=0"], 0.6, null, false),
        new("microcircuit", "microcircuit.yaml", scale => [$"scale={scale.ToString("R", CultureInfo.InvariantCulture)}"], 2.2, (_, o) => HandWrittenMicrocircuit.Run(o.Scale, o.Threads, o.Repeat), false),
        new("windows", "windows.yaml", _ => [], null, null, false),
        new("points", "points.yaml", _ => [], 0.002, null, false) { Vary = "populations.E.params.tau" },
        new("points-hh", "points_hh.yaml", _ => [], 0.002, null, false) { Vary = "inputs[0].value" },
        new("sweep-points", "points.yaml", _ => [], 0.002, null, false) { Vary = "populations.E.params.tau", IsCommand = true },
        new("sweep-points-hh", "points_hh.yaml", _ => [], 0.002, null, false) { Vary = "inputs[0].value", IsCommand = true },
        new("bandwidth", null, _ => [], null, (_, o) => MemoryBandwidth.Run(o.Threads, o.Repeat), false),
    ];

    /// <exception cref="InvalidOperationException">The case has no network file.</exception>
    public string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "networks", File ?? throw new InvalidOperationException(Name));

    /// <exception cref="InvalidOperationException">The case has no network file.</exception>
    public NetworkSpec Read(double scale, IEnumerable<string> more) => NetworkReader.Read(Path, Settings(scale).Concat(more));

    /// <summary>The in-degree of 4,000 neurons at 2 %, 80, whatever the size.</summary>
    private static Case Coba(string name, int neurons, double bar) => new(name, "coba.yaml", scale => CobaSettings((int)(neurons * scale)), bar, HandWrittenCoba.Best, true);

    private static string[] CobaSettings(int neurons)
    {
        string probability = (80.0 / neurons).ToString("R", CultureInfo.InvariantCulture);
        return [
            $"populations.E.size={neurons * 4 / 5}", $"populations.I.size={neurons / 5}",
            $"projections[0].connect.fixed_prob={probability}", $"projections[1].connect.fixed_prob={probability}"];
    }
}
