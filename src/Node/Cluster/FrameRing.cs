using BrainSim.Contracts.Frames;

namespace BrainSim.Node.Cluster;

/// <summary>The last frames of a node, kept until every peer has used them.</summary>
internal sealed class FrameRing
{
    private readonly FrameBuffer[] ring = [.. Enumerable.Range(0, PeerLink.MostFrames).Select(_ => new FrameBuffer())];
    private long oldest;
    private long next;

    /// <summary>The buffer to fill; null while all are needed.</summary>
    public FrameBuffer? Free => next - oldest < ring.Length ? ring[next % ring.Length] : null;

    /// <summary>The buffer has been filled and sealed.</summary>
    public void Keep() => next++;

    /// <summary>No peer needs frames before a step any more.</summary>
    public void DropBefore(long step)
    {
        while (oldest < next && ring[oldest % ring.Length].Header.EndStep <= step)
        {
            oldest++;
        }
    }

    /// <summary>What a peer that holds all before a step lacks; where that is nothing, the newest, so that the peer answers.</summary>
    public IEnumerable<FrameBuffer> From(long step)
    {
        for (long i = oldest; i < next; i++)
        {
            FrameBuffer frame = ring[i % ring.Length];
            if (frame.Header.EndStep > step || i == next - 1)
            {
                yield return frame;
            }
        }
    }
}
