using System.Diagnostics;
using System.Globalization;

namespace BrainSim.Tests.Coordinator;

/// <summary>A coordinator's machine and two nodes' as network namespaces of Linux, each linked with each other; links can be cut. Needs the right to make them.</summary>
internal sealed class NetworkNamespaces : IDisposable
{
    private readonly string prefix = $"bs{Environment.ProcessId % 100_000}";
    private readonly List<string> made = [];

    /// <summary>Why there are none; null where there are.</summary>
    public string? Refusal { get; }

    public NetworkNamespaces() => Refusal = OperatingSystem.IsLinux() && File.Exists("/usr/sbin/ip") ? Make() : "there is no ip";

    /// <summary>By the number of a machine (0 the coordinator's, 1 and 2 the nodes'): the start of a command that runs something there.</summary>
    public string[] In(int machine) => ["netns", "exec", Name(machine)];

    /// <summary>Of a machine, as another reaches it.</summary>
    public static string Address(int machine, int from) => $"10.77.{machine + from}.{machine + 1}";

    /// <summary>The link between the nodes' machines goes down.</summary>
    public void Cut() => Ip($"-n {Name(1)} link set {Link(1, 2)} down");

    /// <summary>Real time, since it is what a cut is made of.</summary>
    public void MendAfter(double seconds)
    {
        using (Process wait = Process.Start("sleep", seconds.ToString(CultureInfo.InvariantCulture)))
        {
            wait.WaitForExit();
        }

        Ip($"-n {Name(1)} link set {Link(1, 2)} up");
    }

    public void Dispose() => made.ForEach(name => Ip($"netns del {name}"));

    private string? Make()
    {
        for (int machine = 0; machine < 3; machine++)
        {
            if (Ip($"netns add {Name(machine)}") is { } refusal)
            {
                return refusal;
            }

            made.Add(Name(machine));
            Ip($"-n {Name(machine)} link set lo up");
        }

        string? problem = null;
        foreach ((int one, int other) in ((int, int)[])[(0, 1), (0, 2), (1, 2)])
        {
            problem ??= Ip($"-n {Name(one)} link add {Link(one, other)} type veth peer name {Link(other, one)} netns {Name(other)}");
            foreach ((int here, int there) in ((int, int)[])[(one, other), (other, one)])
            {
                problem ??= Ip($"-n {Name(here)} addr add {Address(here, there)}/24 dev {Link(here, there)}") ?? Ip($"-n {Name(here)} link set {Link(here, there)} up");
            }
        }

        return problem;
    }

    private string Name(int machine) => $"{prefix}-{machine}";

    private static string Link(int machine, int to) => $"l{machine}to{to}";

    /// <returns>What it complains of; null where it does not.</returns>
    private static string? Ip(string arguments)
    {
        using Process ip = Process.Start(new ProcessStartInfo("/usr/sbin/ip", arguments) { RedirectStandardError = true })!;
        string error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return ip.ExitCode == 0 ? null : error.Trim();
    }
}
