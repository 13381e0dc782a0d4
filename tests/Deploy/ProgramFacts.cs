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
    /// <summary>Options, with what they take, and commands that the manifests and their README use and the program does not have yet. Empty when all of them are there.</summary>
    public static readonly string[] Pending =
    [
        "--tokens FILE", "--certificate PEM", "--key PEM", "--node-ca PEM", "--ca PEM", "--no-tls", "token", "BRAINSIM_CA", "BRAINSIM_TOKEN_FILE",
    ];

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
        List<string> known = [];
        using IEnumerator<string> each = arguments.GetEnumerator();
        while (each.MoveNext())
        {
            string? pending = Pending.FirstOrDefault(p => p.Split(' ')[0] == each.Current);
            if (pending is null)
            {
                known.Add(each.Current);
            }
            else if (known.Count == 0 && !pending.StartsWith('-'))
            {
                return null;
            }
            else if (pending.Contains(' ') && !each.MoveNext())
            {
                return $"{pending} has no value";
            }
        }

        return Commands.Parse(known).Errors.FirstOrDefault()?.Message;
    }

    public bool Reads(string variable) => Variables.Contains(variable) || Pending.Contains(variable);
}
