using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Shards;

/// <summary>
/// The synapses of one projection onto one shard that keep variables of their own, or of their sources. Variables of synapses lie in the order of the
/// <see cref="SynapseTable"/>, source by source; their order for all that looks at them from outside is target by target, each in the order of its source list.
/// Variables of sources are kept whole on every shard: spikes of sources that have no synapses here may not come here, and nobody asks for what these have.
/// </summary>
public abstract class SynapseShard : IDisposable
{
    private protected SynapseShard(SynapseProgram program, PopulationShard target, PopulationShard? sources, SynapseTable table, SourceLists lists)
    {
        (Program, Target, Sources, Table, Lists) = (program, target, sources, table, lists);
    }

    public SynapseProgram Program { get; }

    public PopulationShard Target { get; }

    /// <summary>Variables of the whole source population; null where there are none.</summary>
    public PopulationShard? Sources { get; }

    public SynapseTable Table { get; }

    public SourceLists Lists { get; }

    /// <summary>Synapses of the projection on the shards before this one.</summary>
    public long Before { get; internal set; }

    /// <summary>Synapses of the projection on all shards.</summary>
    public long Total { get; internal set; }

    /// <summary>Synapses here.</summary>
    public long Count => Lists.Count;

    /// <summary>Index of the projection.</summary>
    public int Projection => Program.Projection.Index;

    /// <param name="table">With its origin.</param>
    /// <param name="lists">Of all targets of the shard. Belongs to this from now on, as the table does.</param>
    public static SynapseShard Of(NetworkSpec network, SynapseProgram program, PopulationShard target, SynapseTable table, SourceLists lists, SynapseValues values, PartnerValues partners, KernelCompiler compile)
    {
        PopulationShard? sources = program.Sources is { } of ? new PopulationShard(network, of, new Partition(0, of.Population.Size), compile) : null;
        return network.Precision == Precision.Float64
            ? new SynapseShard<double>(network, program, target, sources, table, lists, values, partners, compile)
            : new SynapseShard<float>(network, program, target, sources, table, lists, values, partners, compile);
    }

    /// <summary>What spikes change that arrive now.</summary>
    /// <param name="spikes">Ids of sources, rising.</param>
    /// <param name="active">Neurons that are active from this step on take what comes.</param>
    public abstract void Deliver(NativeArray<int> spikes, ushort delay, long step, int active);

    /// <summary>What the targets' own spikes change.</summary>
    /// <param name="fired">Local ids, rising.</param>
    public abstract void OnPost(NativeArray<int> fired, long step);

    /// <summary>Fills the target's columns of sums.</summary>
    public abstract void ComputeCurrents(long step);

    /// <summary>Advances the variables of synapses, then those of sources, by dt.</summary>
    public abstract void Advance(long step);

    /// <summary>One number of a variable.</summary>
    /// <param name="synapse">In the order of the lists.</param>
    public abstract double Read(int variable, long synapse);

    /// <summary>Place in the lists of a synapse whose variable is NaN or infinite; -1 where there is none.</summary>
    public abstract long FindNonFinite(int variable);

    /// <summary>A variable of all synapses here, in the order of the lists.</summary>
    public abstract byte[] Snapshot(int variable);

    /// <summary>Takes what <see cref="Snapshot"/> gave.</summary>
    public abstract void Restore(int variable, ReadOnlySpan<byte> numbers);

    /// <summary>The target of a synapse, by its place in the lists: a global id.</summary>
    public int TargetOf(long synapse)
    {
        int from = 0;
        int to = Lists.Targets.Count;
        while (from < to)
        {
            int middle = (from + to) >>> 1;
            if (Lists.Starts[middle + 1] > synapse)
            {
                to = middle;
            }
            else
            {
                from = middle + 1;
            }
        }

        return Lists.Targets.From + from;
    }

    /// <summary>What a spike of the source reads and writes of a synapse's own numbers.</summary>
    public int BytesPerEvent => Target.Precision.Bytes() * (Program.OnPre?.Operands.Sum(o => o.Kind switch
    {
        OperandKind.Variable => o.Changes ? 2 : 1,
        OperandKind.Weight or OperandKind.Delay => 1,
        _ => 0,
    }) ?? 0);

    /// <summary>True where synapses of this shard read what changes in some source neurons.</summary>
    public bool Reads(Partition neurons)
    {
        bool found = false;
        for (long s = 0; s < Lists.Count && !found; s++)
        {
            found = neurons.Holds(Lists.Sources[s]);
        }

        return found && Program.Partners.Any();
    }

    public virtual void Dispose()
    {
        Sources?.Dispose();
        Table.Dispose();
        Lists.Dispose();
    }
}
