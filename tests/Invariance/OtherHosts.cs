using BrainSim.Engine.Simulation;
using BrainSim.Node;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>The same network on the hosts that are not <see cref="SerialRun"/>.</summary>
internal static class OtherHosts
{
    /// <summary>Null where both leave behind what a serial run did: one that shuffles what the shards send each other, and one with two threads.</summary>
    public static string? DifferenceFrom(Fingerprint expected, CompiledNetwork compiled, int shards, Random random)
    {
        using ShuffledHost shuffled = new ShuffledHost(compiled, shards, random).Run();
        if (Fingerprint.Of(shuffled, compiled.Network).DifferenceFrom(expected) is { } shuffledDiffers)
        {
            return $"{shuffledDiffers} when batches travel in another order between {shards} shards";
        }

        using LocalHost threads = new(compiled, shards, 2);
        threads.Run(_ => { }, TestContext.Current.CancellationToken);
        return Fingerprint.Of(threads, compiled.Network).DifferenceFrom(expected) is { } threadsDiffer ? $"{threadsDiffer} on {shards} shards of two threads" : null;
    }
}
