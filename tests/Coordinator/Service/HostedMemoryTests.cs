using System.Collections.Immutable;
using BrainSim.Coordinator.Service;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

public sealed class HostedMemoryTests
{
    /// <summary>x and the population's other columns in float64; two snapshots of them under way.</summary>
    [Fact]
    public void ColumnsAndTheirSnapshotsCount()
    {
        (double small, double smallRun) = Of(Network(10_000, 10, ""));
        (double large, double largeRun) = Of(Network(110_000, 10, ""));
        double columns = largeRun - smallRun;
        Assert.True(columns >= 100_000 * sizeof(double), $"{columns} bytes");
        Assert.Equal(3 * columns, large - small, 1.0);
    }

    [Theory]
    [InlineData(10, 0.1, 100 * 1000 * 8)]
    [InlineData(10, 1, 10 * 1000 * 8)]
    [InlineData(1_000_000, 0.1, 64 << 20)]
    public void RecordingsThatWaitForTheDiskCountUpToTheirMost(double duration, double every, double bytes)
    {
        double with = Of(Network(1000, duration, $"monitors: [ {{ name: m, of: A, record: x, every: {every} }} ]")).Hosted;
        Assert.Equal(bytes, with - Of(Network(1000, duration, "")).Hosted, 1.0);
    }

    private static (double Hosted, double Run) Of(CompiledNetwork compiled) => (HostedMemory.Of(compiled), MemoryNeed.Of(compiled, ImmutableHashSet<int>.Empty));

    private static CompiledNetwork Network(int size, double duration, string monitors) => Runs.Compile(FormattableString.Invariant($$"""
        name: memory
        dt: 0.1
        duration: {{duration}}
        models: [ { model: one, kind: neuron, state: {x: 0}, equations: {dx/dt: -x} } ]
        populations: { A: { size: {{size}}, model: one } }
        {{monitors}}
        """));
}
