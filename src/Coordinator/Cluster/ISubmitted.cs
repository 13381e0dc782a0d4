using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What a submission has become: one run, or a sweep of many. What the coordinator does with both.</summary>
internal interface ISubmitted
{
    Submission Submission { get; }

    /// <summary>Of the whole submission.</summary>
    int SubmittedBytes { get; }

    RunState State { get; }

    /// <summary>Why it waits; set by who places it.</summary>
    string Reason { get; set; }

    /// <summary>True where it is to be placed, or keeps others from its place.</summary>
    bool IsWaiting(long now);

    RunView View(long now);

    /// <summary>Takes over what an earlier coordinator wrote down.</summary>
    void Replay(JournalRecord record, long now);

    /// <summary>What it has of each of its nodes.</summary>
    IEnumerable<Held> Held { get; }

    /// <summary>A node is gone, or has forgotten what it had.</summary>
    void Lose(string node, string what, long now);

    /// <summary>A node wants to go, since some moment.</summary>
    void HandOver(string node, long since, long now);

    /// <returns>False where it cannot be written down now; it is tried again.</returns>
    bool Cancel();

    void Tick(long now);

    /// <summary>The coordinator stood still for so many milliseconds: nobody else is to blame.</summary>
    void Excuse(long gap, long now);

    /// <returns>What it waits for, where it waits and has not said so before; else null.</returns>
    string? WaitsForNews();
}
