using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity;

/// <summary>One projection among those that share rows: its synapses in chunks, each with delay, target and what a spike adds.</summary>
/// <param name="FirstSource">Row of its first source neuron.</param>
/// <param name="FirstTarget">What is added to a target's local id.</param>
/// <param name="LeastDelay">Shortest delay that the schedule allows, in steps.</param>
/// <param name="TargetsFrom">Global id of the slice's first target.</param>
/// <param name="Degrees">By source neuron: filled with the number of its synapses.</param>
/// <param name="Sizes">What a spike adds through each synapse of the lists.</param>
public sealed record RowPart(SourceLists Lists, SynapseValues Values, int FirstSource, int FirstTarget, int TargetsFrom, int LeastDelay, NativeArray<int> Degrees, Func<double[]> Sizes)
{
    /// <summary>Synapses at a time, so that arrays of their values stay out of the heap for large objects.</summary>
    private const int Chunk = 8192;

    /// <summary>The sources of all synapses, chunk after chunk.</summary>
    public IEnumerable<SourceLists> Chunks()
    {
        Lists.Rewind();
        while (Lists.FillNext(Chunk))
        {
            yield return Lists;
        }
    }
}
