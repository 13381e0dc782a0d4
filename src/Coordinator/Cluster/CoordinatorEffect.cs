using BrainSim.Contracts;

namespace BrainSim.Coordinator.Cluster;

/// <summary>What the coordinator wants its shell to do.</summary>
public abstract record CoordinatorEffect;

/// <summary>To be sent; may get lost.</summary>
public sealed record TellNode(string Node, ToNode Message) : CoordinatorEffect;

/// <summary>Parts of a run that the checkpoint does not name, and that are of an older epoch or an earlier step, are not needed any more.</summary>
/// <param name="Keep">Null where the run ended without results: nothing is needed, nor what was recorded.</param>
public sealed record ForgetParts(long Run, CheckpointReference? Keep) : CoordinatorEffect;

/// <summary>Something was decided that the journal does not tell, for the log.</summary>
/// <param name="Kind">One of the words here.</param>
/// <param name="Run">0 where it is about no run.</param>
/// <param name="Node">Empty where it is about no node.</param>
public sealed record Decision(string Kind, long Run, string Node, string Text) : CoordinatorEffect
{
    public const string NodeCame = "node came";
    public const string NodeDrains = "node drains";
    public const string NodeLost = "node lost";
    public const string Waits = "waits";
}

/// <summary>What older epochs of a run recorded after the step from which this one goes on is not needed any more.</summary>
public sealed record ForgetRecorded(RunEpoch Epoch, long After) : CoordinatorEffect;

/// <summary>The points of a sweep are to be listed, which may take long. The shell says <see cref="CoordinatorLogic.Planned"/> or <see cref="CoordinatorLogic.NotPlanned"/>.</summary>
public sealed record PlanSweep(Submission Submission) : CoordinatorEffect;

/// <summary>
/// A run that is a sweep's point is done: its measures are to be taken from what it recorded. The shell says <see cref="CoordinatorLogic.Measured"/> or <see cref="CoordinatorLogic.NotMeasured"/>.
/// </summary>
public sealed record MeasurePoint(long Run) : CoordinatorEffect;
