using System.Diagnostics.Metrics;
using BrainSim.Contracts;
using BrainSim.Contracts.Frames;

namespace BrainSim.Node.Hosting;

/// <summary>What only a node knows of itself, as measured under the meter <c>BrainSim.Node</c>; all else it reports to its coordinator. The table in docs/operations.md says the same.</summary>
public static class NodeMeter
{
    public const string Name = "BrainSim.Node";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("brainsim.node.frames.refused", "{frame}", "Frames of spikes that were not taken, by reason.");

    /// <summary>Parts that the coordinator did not take; each is sent again.</summary>
    public static readonly Counter<long> NotKept = Meter.CreateCounter<long>("brainsim.node.parts.refused", "{part}", "Parts of checkpoints and recordings that the coordinator did not take; each is sent again.");

    static NodeMeter() => Meter.CreateObservableGauge("brainsim.node.process.memory", () => Environment.WorkingSet, "By", "Memory that this node's process holds.");

    /// <summary>Counts what happened to a frame.</summary>
    public static void Count(FrameRefusal refusal)
    {
        if (refusal != FrameRefusal.None)
        {
            Refused.Add(1, new KeyValuePair<string, object?>("reason", refusal.ToString()));
        }
    }

    /// <summary>A report says also what memory the process holds.</summary>
    internal static ToCoordinator Weighed(ToCoordinator message)
    {
        if (message.Report is { } report)
        {
            report.MemoryUsedBytes = Environment.WorkingSet;
        }

        return message;
    }
}
