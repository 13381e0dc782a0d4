using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using Xunit;

namespace BrainSim.Tests.Engine.Models;

public sealed class ModelLibraryTests
{
    public static TheoryData<string> Names => [.. ModelLibrary.Names];

    /// <summary>Find throws where a model of the library has a mistake.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_model_reads_and_passes_its_checks(string name)
    {
        ModelSpec model = ModelLibrary.Find(name)!;
        Assert.Equal(name, model.Name);
        Assert.NotEmpty(model.Summary);
        Assert.NotEmpty(model.Source);
        Assert.Empty(model.Channels);
    }

    [Fact]
    public void There_is_no_model_of_another_name() => Assert.Null(ModelLibrary.Find("../lif"));

    [Fact]
    public void Channels_are_written_into_the_neuron_under_their_parts_names()
    {
        ModelSpec neuron = ModelLibrary.Find("hh_channels")!;
        Assert.Equal(["V", "Na.m", "Na.h", "K.n"], neuron.State.Select(s => s.Name));
        Assert.Equal(["V", "Na.m", "Na.h", "K.n"], neuron.Equations.Select(e => e.Name));
        Assert.Contains("Na.g_max", neuron.Parameters.Select(p => p.Name));
        Definition total = Assert.Single(neuron.Lets, l => l.Name == Scope.ChannelCurrents);
        Assert.Equal("Na.current + K.current + L.current", total.Value.ToString());
        Assert.Equal("Na.g_max*Na.m^3*Na.h*(Na.E - V)", neuron.Lets.Single(l => l.Name == "Na.current").Value.ToString());
        Assert.Equal("Na.phi*(Na.alpha_m*(1 - Na.m) - Na.beta_m*Na.m)", neuron.Equations.Single(e => e.Name == "Na.m").Value.ToString());
    }

    [Fact]
    public void A_model_says_what_the_file_says()
    {
        ModelSpec lif = ModelLibrary.Find("lif")!;
        Assert.Equal((ModelKind.Neuron, "exponential_euler"), (lif.Kind, lif.Method));
        Assert.Equal(["V_rest", "V_reset", "V_th", "R", "tau", "t_ref"], lif.Parameters.Select(p => p.Name));
        Assert.Equal(("mV", -5.0), (lif.Parameters[1].Unit, ((Number)lif.Parameters[1].Default).Value));
        Assert.Equal("V_rest", lif.State.Single().Initial.ToString());
        Assert.Equal(["I"], lif.Inputs);
        Assert.Equal("(-(V - V_rest) + R*I)/tau", lif.Equations.Single().Value.ToString());
        Assert.Equal(("V >= V_th", "t_ref"), (lif.Spike!.When!.ToString(), lif.Spike.RefractoryFor!.ToString()));
        Assert.Equal(["V"], lif.Spike.Hold);
        Assert.Equal("V_reset", lif.Spike.Then.Single().Value.ToString());
        Assert.True(ModelLibrary.Find("spike_source")!.Spike!.IsReplay);
        Assert.Equal(["post.V"], ModelLibrary.Find("delta")!.OnPre.Select(d => d.Name));
    }
}
