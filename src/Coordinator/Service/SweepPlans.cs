using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Service;

/// <summary>The points of a submitted sweep, as <c>sweep</c> lists them. Takes as long as reading that many networks. Any thread may use it.</summary>
internal static class SweepPlans
{
    /// <exception cref="UserMistakeException">The file, or what is varied, has mistakes; all of them.</exception>
    public static (SweepPlan Plan, ImmutableArray<SweepPoint> Points) Of(Submission submission, BlobFolder blobs)
    {
        NetworkReference network = submission.Network;
        Dictionary<string, string> paths = network.Files.ToDictionary(file => file.Path, file => blobs.PathOf(file.Sha256));
        NetworkDocument document = NetworkDocument.Load(paths[network.Main], NamedFiles.Only(paths), network.Settings, network.Main);
        SweepPlan plan = SweepPlan.Read(document, submission.Sweep.Vary, submission.Sweep.Identity);
        return (plan, plan.Points());
    }

    /// <summary>What results depend on besides network and limits, as for <c>sweep</c>: points have the same keys there.</summary>
    public static string Identity => $"{CommandLine.Results.Version}|cpu";

    /// <summary>Points of the table at most.</summary>
    public static long Count(SweepPlan plan, ImmutableArray<SweepPoint> points) => plan.Spec.Optimize is { } search ? (long)search.Evaluations * plan.Spec.Repeats : points.Length;
}
