using System.Globalization;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Tells the user how a run went.</summary>
internal static class Report
{
    public static void Print(RunManifest manifest, NetworkSpec network, string? folder, bool json, bool quiet)
    {
        if (json)
        {
            Console.WriteLine(Results.Json(manifest));
        }
        else if (!quiet)
        {
            PrintTable(manifest, network, folder);
        }
    }

    private static void PrintTable(RunManifest manifest, NetworkSpec network, string? folder)
    {
        double milliseconds = manifest.Steps * manifest.Dt;
        string title = network.Title.Length > 0 ? $": {network.Title}" : "";
        Line($"{manifest.Name}{title}");
        Line($"  {milliseconds:0.###} ms in {manifest.Seconds.Run:0.000} s on {manifest.Threads} thread{(manifest.Threads == 1 ? "" : "s")} (compiled in {manifest.Seconds.Compile:0.000} s, built in {manifest.Seconds.Build:0.000} s){(manifest.Interrupted ? ", interrupted" : "")}");
        foreach ((string name, PopulationReport population) in manifest.Populations)
        {
            Line($"  {name,-16} {population.Size,12:N0} neurons  {population.Spikes,14:N0} spikes  {population.Rate,10:0.00} Hz");
        }

        foreach ((string name, ProjectionReport projection) in manifest.Projections)
        {
            Line($"  {name,-16} {projection.Synapses,12:N0} synapses {projection.Events,14:N0} events");
        }

        Line($"  state hash {manifest.StateHash}");
        if (folder is not null)
        {
            Line($"  results in {folder}: {string.Join(", ", network.Monitors.Select(m => $"{m.Name}.npz").Append("run.json"))}");
        }
        else if (network.Monitors.Length > 0)
        {
            Line($"  recorded {string.Join(", ", network.Monitors.Select(m => m.Name))}; give --out DIR to keep {(network.Monitors.Length == 1 ? "it" : "them")}");
        }
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
