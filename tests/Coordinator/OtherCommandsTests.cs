using BrainSim.Engine.Models;
using Xunit;

namespace BrainSim.Tests.Coordinator;

public sealed class OtherCommandsTests : IDisposable
{
    private readonly Brainsim brainsim = new();

    public OtherCommandsTests() => brainsim.Write("small.yaml", Networks.Small);

    public void Dispose() => brainsim.Dispose();

    [Fact]
    public void CheckPrintsASummary()
    {
        string[] lines = brainsim.Run("check", "small.yaml").Fine().OutputLines;
        Assert.Equal("small: A small network", lines[0]);
        Assert.Equal("  20 ms in 200 steps of 0.1 ms, float64, seed 42", lines[1]);
        Assert.Contains(lines, l => l.Contains("  ~3,600  synapses  delta, fixed_prob 0.1", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("     30  neurons   lif, exponential_euler", StringComparison.Ordinal));
        Assert.Equal("no mistakes found", lines[^1]);
    }

    [Fact]
    public void ExplainShowsEquationsPlacesUpdateAndCode()
    {
        string output = brainsim.Run("explain", "small.yaml").Fine().Output;
        Assert.All(
            (string[])["population E: 30 neurons of lif", "dV/dt = (-(V - V_rest) + R*I)/tau", "a spike adds weight to V, lost while the target is refractory", "next V = ", "spike where V >= V_th", "tau     = 10", "code:"],
            part => Assert.Contains(part, output, StringComparison.Ordinal));
        Assert.Contains("  spikes: the spikes of 20 ms, 8 bytes each, then 12 bytes a spike\n  v: 0.00048 MB, then 0.00048 MB in all\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output.Split('\n'), line => line.EndsWith(' '));
    }

    [Fact]
    public void ModelsAreListedByKindOrPrinted()
    {
        string list = brainsim.Run("models").Fine().Output;
        Assert.All(ModelLibrary.Names, name => Assert.Contains($"\n  {name} ", list, StringComparison.Ordinal));
        Assert.True(list.IndexOf("Neuron models", StringComparison.Ordinal) < list.IndexOf("Synapse models", StringComparison.Ordinal));
        Assert.Equal(ModelLibrary.Text("lif"), brainsim.Run("models", "lif").Fine().Output);
    }

    [Fact]
    public void HelpAndVersion()
    {
        string help = brainsim.Run("--help").Fine().Output;
        Assert.All((string[])["run <FILE>", "check <FILE>", "explain <FILE>", "models"], part => Assert.Contains(part, help, StringComparison.Ordinal));
        string runHelp = brainsim.Run("run", "--help").Fine().Output;
        Assert.All(
            (string[])["--out", "--set", "--seed", "--duration", "--threads", "--shards", "--backend", "--json", "--quiet"],
            option => Assert.Contains(option, runHelp, StringComparison.Ordinal));
        Assert.Matches(@"^\d+\.\d+\.\d+", brainsim.Run("--version").Fine().Output);
        Brainsim.Ended nothing = brainsim.Run();
        Assert.Equal((2, help), (nothing.Code, nothing.Output));
    }
}
