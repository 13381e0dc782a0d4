using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node.Cluster;

namespace BrainSim.Coordinator.Service;

/// <summary>The points of a submitted sweep, as <c>sweep</c> lists them. Takes as long as reading that many networks. Any thread may use it.</summary>
internal static class SweepPlans
{
    /// <summary>That are in memory at the same time: the file's and a point's.</summary>
    public const int Networks = 2;

    /// <param name="path">Of the network file.</param>
    /// <exception cref="UserMistakeException">The file, or what is varied, has mistakes; all of them.</exception>
    public static SweepPlan Of(Submission submission, string path, NamedFiles files) => ReferredNetwork.Plan(submission.Network, submission.Sweep, path, files);

    /// <summary>What results depend on besides network and limits, as for <c>sweep</c>: points have the same keys there.</summary>
    public static string Identity => $"{CommandLine.Results.Version}|cpu";

    /// <summary>Points of the table at most.</summary>
    public static long Count(SweepPlan plan, ImmutableArray<SweepPoint> points) => plan.Spec.Optimize is { } search ? (long)search.Evaluations * plan.Spec.Repeats : points.Length;
}
