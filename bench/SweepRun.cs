using System.Diagnostics;
using System.Globalization;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Bench;

/// <summary>A sweep of one small network as a user runs it: <c>brainsim sweep FILE --out DIR</c>, with ledger, measures and tables.</summary>
public static class SweepRun
{
    private const int Points = 1000;

    /// <summary>
    /// Prints a line and returns the seconds of a point that are not stepping, the start of the program included. Stepping is what a sweep of twice the duration takes longer.
    /// </summary>
    public static double Once(Case one, Options options)
    {
        NetworkSpec network = one.Read(options.Scale, []);
        double duration = network.Grid.ToMilliseconds(network.Steps);
        double all = Seconds(one, options, duration, Points);
        double twice = Seconds(one, options, 2 * duration, Points);
        double first = Seconds(one, options, duration, 1);
        double overhead = ((2 * all) - twice) / Points;
        Lines.Print(new
        {
            @case = one.Name, scale = options.Scale, threads = options.Threads, points = Points, sweep_s = Math.Round(all, 3), twice_as_long_s = Math.Round(twice, 3),
            one_point_s = Math.Round(first, 3), overhead_ms_per_point = Math.Round(overhead * 1000, 4),
        });
        return overhead;
    }

    /// <summary>On the wall, of the whole program.</summary>
    private static double Seconds(Case one, Options options, double duration, int points)
    {
        string folder = Directory.CreateTempSubdirectory("brainsim-bench-").FullName;
        string[] settings = [.. one.Settings(options.Scale), .. options.Float32 ? ["precision=float32"] : Array.Empty<string>()];
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "../../../../brainsim"),
        [
            "sweep", one.Path, "--vary", $"{one.Vary}={{linspace: [20, 30, {points}]}}", "--threads", Text(options.Threads), "--out", folder, "--quiet",
            "--duration", Text(duration), .. settings.SelectMany(setting => (string[])["--set", setting]),
        ]);
        try
        {
            long began = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            return process.ExitCode == 0 ? seconds : throw new InvalidOperationException($"brainsim sweep ended with {process.ExitCode}.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
