using System.Text.Json;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Coordinator.Access;
using BrainSim.Tests.Node.Tls;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>Two nodes as real processes, each in a network of its own, and the cable between them, by TLS: a short cut is waited for, a long one costs an epoch, and no bit changes.</summary>
public sealed class CutLinkTests : IDisposable
{
    private readonly Brainsim brainsim = new();
    private readonly NetworkNamespaces machines = new();
    private readonly List<Brainsim.Started> started = [];
    private readonly TestAuthority authority = new();
    private readonly TestTokens tokens = new();

    public CutLinkTests() => brainsim.Environment["BRAINSIM_CA"] = authority.Path;

    public void Dispose()
    {
        started.ForEach(process => process.KillAfter(TimeSpan.Zero));
        machines.Dispose();
        authority.Dispose();
        tokens.Dispose();
        brainsim.Dispose();
    }

    /// <param name="seconds">Until the link is mended; negative for never.</param>
    /// <param name="mostEpochs">8 s of silence end an epoch: the shortest cut must not, the middle one may where the machine is slow.</param>
    [Theory]
    [InlineData(0.5, 1, 1)]
    [InlineData(5, 1, 2)]
    [InlineData(-1, 2, 2)]
    public void ACutCableChangesNoBit(double seconds, int leastEpochs, int mostEpochs)
    {
        Assert.SkipUnless(machines.Refusal is null, $"network namespaces are not allowed here: {machines.Refusal}");
        string[] network = [Repository.Absolute("examples/coba.yaml"), "--set", "populations.E.size=16000", "--set", "populations.I.size=4000", "--duration", "1000"];
        brainsim.Run(["run", .. network, "--out", "here", "--quiet"]).Fine();
        (string certificate, string key) = authority.Issue("coordinator", ["127.0.0.1", NetworkNamespaces.Address(0, 1), NetworkNamespaces.Address(0, 2)]);
        Start(0, "coordinator", "--listen", "https://0.0.0.0:7411", "--data", "data", "--tokens", tokens.Path, "--certificate", certificate, "--key", key, "--node-ca", authority.Path);
        StartNode(1);
        StartNode(2);
        Until("nodes", text => text.Split("idle").Length == 3);
        Ask("submit", network).Fine();
        Until("show 1", text => text.Contains("is running", StringComparison.Ordinal) && !text.Contains(" 0.0%", StringComparison.Ordinal));

        machines.Cut();
        if (seconds > 0)
        {
            machines.MendAfter(seconds);
        }

        Until("show 1", text => text.Contains("is done", StringComparison.Ordinal));
        string[] epochs = [.. Ask("logs", "1").Fine().OutputLines.Where(line => line.Contains("begun on", StringComparison.Ordinal) || line.Contains("taken up again", StringComparison.Ordinal))];
        Assert.True(epochs.Length >= leastEpochs && epochs.Length <= mostEpochs, string.Join("\n", epochs));
        Assert.Contains("(1 shard), ", epochs[0], StringComparison.Ordinal);
        Ask("results", "1", "--out", "there").Fine();
        Assert.Equal(HashOf("here"), HashOf("there"));
        Assert.All(Directory.GetFiles(brainsim.At("here"), "*.npz"), file => Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(brainsim.At($"there/{Path.GetFileName(file)}"))));
    }

    private void StartNode(int machine)
    {
        string address = NetworkNamespaces.Address(machine, 3 - machine);
        (string certificate, string key) = authority.Issue($"node-{machine}", [address]);
        brainsim.Environment["BRAINSIM_TOKEN"] = tokens.Node;
        Start(
            machine, "node", "--slots", "1", "--listen", $"{address}:7500", "--coordinator", $"https://{NetworkNamespaces.Address(0, machine)}:7411",
            "--certificate", certificate, "--key", key, "--ca", authority.Path);
    }

    private void Start(int machine, params string[] arguments) => started.Add(StartIn(machine, arguments));

    private Brainsim.Ended Ask(string command, params string[] arguments)
    {
        brainsim.Environment["BRAINSIM_TOKEN"] = tokens.Submitter;
        return StartIn(0, [command, .. arguments, "--coordinator", "https://127.0.0.1:7411"]).End();
    }

    private Brainsim.Started StartIn(int machine, string[] arguments) => brainsim.StartBy("/usr/sbin/ip", [.. machines.In(machine), Repository.Absolute("brainsim"), .. arguments]);

    /// <summary>Asks until the answer pleases.</summary>
    private void Until(string question, Predicate<string> pleases)
    {
        DateTime late = DateTime.UtcNow + Brainsim.Patience;
        string[] words = question.Split(' ');
        Brainsim.Ended answer;
        do
        {
            answer = Ask(words[0], words[1..]);
            Assert.True(DateTime.UtcNow < late, $"{question}: {answer.Output}{answer.Error}");
        }
        while (answer.Code != 0 || !pleases(answer.Output));
    }

    private string HashOf(string folder) => JsonDocument.Parse(File.ReadAllText(brainsim.At($"{folder}/run.json"))).RootElement.GetProperty("state_hash").GetString()!;
}
