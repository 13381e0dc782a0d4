using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>Neurons against the traces that another simulator computed for the same equations.</summary>
public class NeuronCasesTests
{
    public static TheoryData<string, string, Machine> EveryCaseOnEveryMachine()
    {
        TheoryData<string, string, Machine> data = [];
        foreach (NeuronCase neuron in NeuronCase.All)
        {
            foreach (Machine machine in Machine.All)
            {
                data.Add(neuron.Id, neuron.Model, machine);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryCaseOnEveryMachine), DisableDiscoveryEnumeration = true)]
    public void Reproduces(string id, string model, Machine machine)
    {
        NeuronCase neuron = NeuronCase.All.Single(c => c.Id == id && c.Model == model);
        ReferenceCase reference = new(id);
        NetworkSpec network = neuron.Network(reference);
        using SerialRun run = machine.Run(network);
        neuron.AssertReproduced(reference, run.Recordings, "states", "spikes");
    }

    [Fact]
    public void EveryNeuronCaseIsReproduced() =>
        Assert.Equal(ReferenceCase.NeuronIds.Order(StringComparer.Ordinal), NeuronCase.All.Select(c => c.Id).Distinct().Order(StringComparer.Ordinal));

    /// <summary>The case's step is too long for its equations: soon after the compared rows, the run has to stop with the place.</summary>
    [Theory]
    [InlineData(BackEnd.Reference)]
    [InlineData(BackEnd.Cpu)]
    public void StopsWhereTheOtherSimulatorGoesOnWithNaN(BackEnd backEnd)
    {
        NeuronCase neuron = NeuronCase.All.First(c => c.Id == "m003_HH_3_1_2_dt0.1");
        ReferenceCase reference = new(neuron.Id);
        NetworkSpec network = neuron.Network(reference, reference.Steps);
        NumericalFailureException failure = Assert.Throws<NumericalFailureException>(() => new Machine(backEnd, null).Run(network));
        Assert.StartsWith("populations.neurons: V of neuron 0 is NaN after step 4, at 0.5 ms", failure.Message);
    }
}
