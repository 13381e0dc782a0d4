namespace BrainSim.Engine.NetworkFile;

/// <summary>So many different targets for every source, drawn uniformly.</summary>
public sealed record FixedPostNumber(int Count) : ConnectRule;

/// <summary>A ring in which each neuron is joined to its nearest ones, some of its edges put elsewhere. Source: Watts and Strogatz 1998, Nature 393:440.</summary>
/// <param name="EachSide">Neighbours to the left, and as many to the right; twice as many are fewer than there are neurons.</param>
/// <param name="Rewired">The probability of an edge to be put elsewhere.</param>
/// <param name="Directed">Edges of the two directions are rewired independently, each keeping its source; else an edge is a synapse in both directions.</param>
public sealed record SmallWorld(int EachSide, double Rewired, bool Directed) : ConnectRule;

/// <summary>
/// A graph that grows neuron by neuron: each new one is linked to older ones, which are drawn in proportion to their degrees.
/// Sources: Barabási and Albert 1999, Science 286:509; two numbers of links: Moshiri 2018, arXiv:1810.10538; triangles: Holme and Kim 2002, Phys Rev E 65:026107.
/// </summary>
/// <param name="Links">Links of a new neuron, drawn with the probability <paramref name="Share"/>.</param>
/// <param name="OtherLinks">Links of the others; equal where all have the same.</param>
/// <param name="Triangles">The probability that a link after the first goes to a neighbour of the neuron drawn last instead.</param>
/// <param name="Directed">Synapses go from the new neuron to the older one; else in both directions.</param>
public sealed record GrownGraph(int Links, int OtherLinks, double Share, double Triangles, bool Directed) : ConnectRule
{
    /// <summary>Neurons that are there before the first link; the next one is linked to all of them.</summary>
    public int Founders => Math.Max(Links, OtherLinks);

    /// <summary>The largest number of links in a graph of a size.</summary>
    public long MostLinks(int size) => (long)(size - Founders) * Founders;
}
