using System.Globalization;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Tells the user how a run went.</summary>
internal static class Report
{
    public static void Print(RunManifest manifest, NetworkSpec network, string? folder)
    {
        Console.WriteLine(network.Title.Length > 0 ? $"{manifest.Name}: {network.Title}" : manifest.Name);
        Console.WriteLine(Timing(manifest, network));
        Totals(manifest).Print(1, 3, 5);
        Measured(manifest, network).Print(1);
        Console.WriteLine($"  state hash {manifest.StateHash}");
        string[] monitors = [.. network.Monitors.Where(m => !m.IsHidden).Select(m => m.Name)];
        if (manifest.Profile is { } profile)
        {
            Print(profile, manifest);
        }

        if (folder is not null)
        {
            Console.WriteLine($"  results in {folder}: {string.Join(", ", monitors.Select(name => $"{name}.npz").Append(Results.ManifestFile))}");
        }
        else if (monitors.Length > 0)
        {
            Console.WriteLine($"  not recorded: {string.Join(", ", monitors)}; give --out DIR to keep {(monitors.Length == 1 ? "it" : "them")}");
        }
    }

    private static void Print(RunProfile profile, RunManifest manifest)
    {
        TextTable table = new();
        foreach (ProfileLine line in profile.Lines)
        {
            string seconds = line.Seconds.ToString("0.000", CultureInfo.InvariantCulture);
            string share = line.Share.ToString("0.0%", CultureInfo.InvariantCulture);
            table.Add(
                line.Work, line.Of ?? "", seconds, "s", share,
                line.Nanoseconds?.ToString("0.00", CultureInfo.InvariantCulture) ?? "", line.Nanoseconds is null ? "" : $"ns per {line.Unit}",
                line.Bytes?.ToString("0.#", CultureInfo.InvariantCulture) ?? "", line.Bytes is null ? "" : "bytes");
        }

        Console.WriteLine($"  profile of {manifest.Threads} {TextTable.Noun(manifest.Threads, "thread")}, with what the clock itself takes:");
        table.Print(2, 4, 5, 7);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  memory: synapses and columns moved at some {profile.MemoryGbPerSecond:0.0} GB/s, {profile.MemoryGbPerSecond / profile.CopyGbPerSecond:0%} of the {profile.CopyGbPerSecond:0.0} GB/s of a loop that only copies"));
    }

    private static string Timing(RunManifest manifest, NetworkSpec network)
    {
        double milliseconds = manifest.Steps * manifest.Dt;
        string interrupted = manifest.Interrupted ? $", interrupted before {network.Steps * manifest.Dt:0.######} ms were over" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"  {milliseconds:0.######} ms in {manifest.Seconds.Run:0.000} s on {manifest.Threads} {TextTable.Noun(manifest.Threads, "thread")} (compiled in {manifest.Seconds.Compile:0.000} s, built in {manifest.Seconds.Build:0.000} s){interrupted}");
    }

    private static TextTable Totals(RunManifest manifest)
    {
        TextTable table = new();
        foreach ((string name, PopulationReport population) in manifest.Populations)
        {
            table.Add(name, TextTable.Count(population.Size), TextTable.Noun(population.Size, "neuron"), TextTable.Count(population.Spikes), TextTable.Noun(population.Spikes, "spike"), population.Rate.ToString("0.00", CultureInfo.InvariantCulture), "Hz");
        }

        foreach ((string name, ProjectionReport projection) in manifest.Projections)
        {
            table.Add(name, TextTable.Count(projection.Synapses), TextTable.Noun(projection.Synapses, "synapse"), TextTable.Count(projection.Events), TextTable.Noun(projection.Events, "event"));
        }

        return table;
    }

    private static TextTable Measured(RunManifest manifest, NetworkSpec network)
    {
        TextTable table = new();
        foreach (MeasureSpec measure in network.Measures)
        {
            (double? number, double[]? numbers) = manifest.Measures[measure.Name];
            table.Add(measure.Name, number is { } one ? Text(one) : numbers is null ? "undefined" : Text(numbers), measure.Rule.Unit);
        }

        return table;
    }

    private static string Text(double[] numbers) => numbers.Length == 0
        ? "no numbers"
        : $"{TextTable.Count(numbers.Length)} {TextTable.Noun(numbers.Length, "number")} from {Text(numbers.Min())} to {Text(numbers.Max())}";

    private static string Text(double number) => number.ToString("G5", CultureInfo.InvariantCulture);
}
