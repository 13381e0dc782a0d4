using System.Collections.Immutable;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Kernels.Reference;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

public enum BackEnd
{
    /// <summary>Vector code for this processor.</summary>
    Cpu,

    /// <summary>The interpreter, for tests.</summary>
    Reference,
}

/// <summary>A network with a program for every population, ready to be split into shards. Immutable; shards on several threads may share it.</summary>
public sealed class CompiledNetwork
{
    private CompiledNetwork(NetworkSpec network, BackEnd backEnd, ImmutableArray<PopulationProgram> programs, KernelCompiler kernels)
    {
        Network = network;
        BackEnd = backEnd;
        Programs = programs;
        Kernels = kernels;
    }

    public NetworkSpec Network { get; }

    public BackEnd BackEnd { get; }

    /// <summary>By population.</summary>
    public ImmutableArray<PopulationProgram> Programs { get; }

    public KernelCompiler Kernels { get; }

    /// <param name="vectorBits">Width of the CPU back end's vectors, for tests; null for the widest.</param>
    /// <param name="share">Of the synapses that this process is to hold, 0 to 1; 0 where others will judge whether they fit.</param>
    /// <exception cref="UserMistakeException">A solver or synapse cannot do what the network asks; all such mistakes at once.</exception>
    public static CompiledNetwork Of(NetworkSpec network, BackEnd backEnd = BackEnd.Cpu, int? vectorBits = null, double share = 1)
    {
        Mistakes mistakes = new();
        ImmutableArray<PopulationProgram>.Builder programs = ImmutableArray.CreateBuilder<PopulationProgram>();
        foreach (PopulationSpec population in network.Populations)
        {
            try
            {
                programs.Add(ProgramComposer.Compose(network, population.Index));
            }
            catch (UserMistakeException problem)
            {
                foreach (Mistake mistake in problem.Mistakes)
                {
                    mistakes.Add(mistake.Place, mistake.Message);
                }
            }
        }

        mistakes.ThrowIfAny();
        MemoryNeed.Check(network, Arrival.AllOf(programs), share);
        KernelCompiler kernels = backEnd == BackEnd.Cpu
            ? CpuKernel.Compiler(network.Precision, vectorBits)
            : InterpretedKernel.Compiler(network.Precision, network.Seed);
        return new CompiledNetwork(network, backEnd, programs.ToImmutable(), kernels);
    }

    /// <summary>Steps between exchanges: one where synapses read the state of their sources, which every step changes.</summary>
    /// <param name="shortestDelay">In steps, over the synapses of all shards; null where there are none.</param>
    public int WindowSteps(int? shortestDelay) =>
        Programs.Any(program => program.Couplings.Any(coupling => !coupling.Sources.IsEmpty) || program.Synapses.Any(synapses => synapses.Partners.Any())) ? 1 : Window.Steps(Network.Schedule, shortestDelay);

    /// <summary>Makes the code of all kernels ahead of the shards, which then share it.</summary>
    /// <returns>Operations of all neurons and couplings in one step, a measure of the work.</returns>
    public long CompileAll()
    {
        long operations = 0;
        foreach (PopulationProgram program in Programs)
        {
            foreach ((Kernel kernel, Pass pass) in Kernel.AllOf(program, Kernels).Zip(program.Passes))
            {
                operations += (long)kernel.Operations * pass.Repeat * program.Population.Size / pass.Every;
            }

            foreach (Coupling coupling in program.Couplings)
            {
                operations += (long)(Kernel.AllOf(coupling.Program, Kernels)[0].Operations * MemoryNeed.Synapses(Network, coupling.Projection) / coupling.Program.Passes[0].Every);
            }

            operations += program.Synapses.Sum(Compile);
        }

        return operations;
    }

    /// <summary>Kernels for sources and synapses; what runs at spikes only counts for nothing.</summary>
    private long Compile(SynapseProgram synapses)
    {
        long operations = synapses.Sources is { } sources ? Kernel.AllOf(sources, Kernels).Sum(kernel => (long)kernel.Operations * sources.Population.Size) : 0;
        foreach (SynapsePass pass in synapses.Passes)
        {
            bool everyStep = pass == synapses.Advance || pass == synapses.Currents;
            operations += (long)(Kernel.AllOf(pass.Program, Kernels)[0].Operations * (everyStep ? MemoryNeed.Synapses(Network, synapses.Projection) : 0));
        }

        return operations;
    }
}
