using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;

namespace BrainSim.Tests.Reference;

/// <summary>What computes: the interpreter, or vector code of one width.</summary>
public sealed record Machine(BackEnd BackEnd, int? VectorBits)
{
    /// <summary>Every one that this processor has.</summary>
    public static IReadOnlyList<Machine> All { get; } =
        [new Machine(BackEnd.Reference, null), .. VectorWidth.Supported.Select(bits => new Machine(BackEnd.Cpu, bits))];

    internal SerialRun Run(NetworkSpec network, int shards = 1) =>
        new SerialRun(CompiledNetwork.Of(network, BackEnd, VectorBits), shards).Run();

    public override string ToString() => VectorBits is { } bits ? $"{BackEnd} {bits} bits" : $"{BackEnd}";
}
