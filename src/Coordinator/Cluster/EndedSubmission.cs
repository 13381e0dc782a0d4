using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What is kept in memory of a submission whose run has ended, since there is no end to these: who it was and what it asked for, without the user's texts and files. The journal has it whole.</summary>
internal static class EndedSubmission
{
    public static Submission Of(Submission whole) => new()
    {
        Run = whole.Run, Key = whole.Key, Name = whole.Name, Shards = whole.Shards, Priority = whole.Priority, Need = whole.Need, SubmittedUnixMs = whole.SubmittedUnixMs,
        Network = new NetworkReference { NetworkHash = whole.Network?.NetworkHash ?? "", Point = whole.Network?.Point is { } point ? new PointOrder { Key = point.Key, Index = point.Index } : null },
        Sweep = whole.Sweep is null ? null : new SweepReference(), OfSweep = whole.OfSweep,
    };
}
