using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

public sealed class CheckpointCountsTests
{
    /// <summary>40 MB of state, of which hardly anything may be read into memory.</summary>
    [Fact]
    public void WhatWasCountedIsReadWithoutTheState()
    {
        Checkpoint checkpoint = new(
            "hash", 5, [["V", "u"], []], [[new byte[20_000_000], new byte[1]], []], [new int[3_000_000], []], [new PastSpikes([1, 2], [3, 4, 5]), new PastSpikes([], [])],
            [new PastSynapses(["g", "x"], [new byte[7]], [new byte[9_000_000], []], [1, 2])], [7, 8], [9, 10, 11]);
        using TemporaryFolder folder = new();
        string path = folder.Write("part", CheckpointFile.ToBytes(checkpoint));
        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointCounts counts = CheckpointFile.CountsOf(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal([7, 8], counts.SpikeCounts);
        Assert.Equal([9, 10, 11], counts.Events);
    }
}
