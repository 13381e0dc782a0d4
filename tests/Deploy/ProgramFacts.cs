using System.CommandLine;
using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.CommandLine;
using BrainSim.Coordinator.Remote;
using BrainSim.Node.Cluster;

namespace BrainSim.Tests.Deploy;

/// <summary>What the program says of itself, as far as manifests depend on it.</summary>
internal sealed record ProgramFacts
{
    public RootCommand Commands { get; init; } = Cli.Define();

    public IReadOnlyList<string> Variables { get; init; } =
        [.. typeof(ClusterOptions).GetFields().Where(f => f.IsLiteral && f.Name.EndsWith("Variable", StringComparison.Ordinal)).Select(f => (string)f.GetRawConstantValue()!)];

    public string Alive { get; init; } = Addresses.Alive;

    public string Ready { get; init; } = Addresses.Ready;

    /// <summary>Where commands look for a coordinator when they are not told.</summary>
    public int DefaultPort { get; init; } = new Uri(CoordinatorClient.Default).Port;

    public string Version { get; init; } = Results.Version;

    /// <summary>Seconds after which a node that was asked to go has gone.</summary>
    public long LeavesWithin { get; init; } = (new ClusterSettings().HandOverWithin + NodeLogic.LeaveAfter) / 1000;

    /// <summary>What is wrong with a command line; null where nothing is.</summary>
    public string? Mistake(IEnumerable<string> arguments)
    {
        return Commands.Parse([.. arguments]).Errors.FirstOrDefault()?.Message;
    }

    public bool Reads(string variable) => Variables.Contains(variable);
}
