using BrainSim.Engine.NetworkFile;

namespace BrainSim.Bench;

/// <summary>A standard case: a network file, what is changed in it, and the number that its issue asks for.</summary>
/// <param name="Bar">Most seconds of stepping for one biological second on one thread; null where none is set.</param>
public sealed record Case(string Name, string File, string[] Settings, double? Bar)
{
    public static IReadOnlyList<Case> All { get; } =
    [
        Coba("coba-4000", 4_000, 0.045),
        Coba("coba-40000", 40_000, 0.33),
        Coba("coba-400000", 400_000, 5),
        new("hh-10000", "hh.yaml", [], 0.65),
        new("brunel", "brunel.yaml", [], null),
    ];

    public NetworkSpec Read(IEnumerable<string> more) =>
        NetworkReader.Read(Path.Combine(AppContext.BaseDirectory, "networks", File), Settings.Concat(more));

    /// <summary>The in-degree of 4,000 neurons at 2 %, 80, whatever the size.</summary>
    private static Case Coba(string name, int neurons, double bar)
    {
        string probability = (80.0 / neurons).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        return new(name, "coba.yaml", [
            $"populations.E.size={neurons * 4 / 5}", $"populations.I.size={neurons / 5}",
            $"projections[0].connect.fixed_prob={probability}", $"projections[1].connect.fixed_prob={probability}"], bar);
    }
}
