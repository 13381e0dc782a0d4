using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Service;

namespace BrainSim.Coordinator.Operations;

/// <summary>How far a run had come when it was looked at.</summary>
internal sealed class Seen
{
    private readonly int epoch;

    private Seen() => (Waited, Stepped) = ([], []);

    public Seen(RunView run)
    {
        (epoch, Step, Spikes) = (run.Epoch, run.End is { Outcome: Contracts.RunOutcome.Done } ? run.Submission.Need.Steps : run.Step, run.Spikes);
        ILookup<string, Contracts.TimeLine> lines = Views.TimesOf(run.Spent).ToLookup(line => line.Work);
        Waited = lines["waiting"].Where(line => !line.Of.StartsWith("shard ", StringComparison.Ordinal)).GroupBy(line => (line.Node, line.Of)).ToDictionary(of => of.Key, of => of.Sum(line => line.Seconds));
        Stepped = lines["stepping"].GroupBy(line => line.Node).ToDictionary(of => of.Key, of => of.Sum(line => line.Seconds));
    }

    /// <summary>Before it began.</summary>
    public static Seen Nothing { get; } = new();

    public long Step { get; }

    /// <summary>Of the present epoch.</summary>
    public long Spikes { get; }

    /// <summary>Seconds of the present epoch, by node and what it waited for.</summary>
    public Dictionary<(string Node, string Of), double> Waited { get; }

    /// <summary>Seconds of the present epoch that shards of a node stepped.</summary>
    public Dictionary<string, double> Stepped { get; }

    /// <summary>What is new at a later look, of what every epoch counts from 0.</summary>
    public double Since(Seen before, Func<Seen, double> count) => Math.Max(0, count(this) - (before.epoch == epoch ? count(before) : 0));
}
