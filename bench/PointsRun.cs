using System.Diagnostics;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;

namespace BrainSim.Bench;

/// <summary>One small network many times, each time with another value: what a point of a search costs besides its steps.</summary>
public static class PointsRun
{
    private const int Points = 1000;

    /// <summary>Prints a line and returns the seconds of a point that are not stepping: setting, reading, compiling, wiring, measures, hash.</summary>
    public static double Once(Case one, Options options)
    {
        Stopwatch all = Stopwatch.StartNew();
        using Experiment experiment = new(NetworkDocument.Load(one.Path, [.. one.Settings(options.Scale), .. options.Float32 ? ["precision=float32"] : Array.Empty<string>()]));
        double first = all.Elapsed.TotalMilliseconds;
        Stopwatch setting = new(), building = new(), stepping = new(), judging = new();
        HashSet<string> hashes = [];
        for (int point = 0; point < Points; point++)
        {
            setting.Start();
            experiment.Reset();
            experiment.Set(one.Vary!, 20 + (point / 100.0));
            setting.Stop();
            building.Start();
            _ = experiment.Recordings;
            building.Stop();
            stepping.Start();
            experiment.Run();
            stepping.Stop();
            judging.Start();
            _ = experiment.Measures;
            hashes.Add(experiment.StateHash);
            judging.Stop();
        }

        double Each(TimeSpan span) => Math.Round(span.TotalMilliseconds / Points, 4);
        double overhead = (all.Elapsed - stepping.Elapsed).TotalSeconds / Points;
        Lines.Print(new
        {
            @case = one.Name, scale = options.Scale, points = Points, states = hashes.Count, first_ms = Math.Round(first, 1),
            set_ms = Each(setting.Elapsed), build_ms = Each(building.Elapsed), judge_ms = Each(judging.Elapsed), step_ms = Each(stepping.Elapsed),
            overhead_ms_per_point = Math.Round(overhead * 1000, 4),
        });
        return overhead;
    }
}
