using BrainSim.Contracts.Frames;

namespace BrainSim.Node.Cluster;

/// <summary>
/// What goes to and fro between this node and one other of a run. Frames may be lost, repeated and overtaken: the receiver keeps those that come too early, uses them in
/// order, and says in receipts what it has; the sender sends again what nobody owns up to.
/// </summary>
/// <param name="place">Of the peer among the nodes of the run.</param>
/// <param name="step">All spikes before it are known to both.</param>
internal sealed class PeerLink(int place, string address, bool sends, bool receives, long step)
{
    /// <summary>Frames of one sender that may be under way or wait at the receiver.</summary>
    public const int MostFrames = 8;

    private const long FirstPatience = 200, MostPatience = 2000;

    /// <summary>
    /// Frames after which a receipt goes out by itself, where no frame went back with which it could have gone: alone it costs as much as a frame, and the sender does not wait
    /// for it while it has buffers left.
    /// </summary>
    private const int FramesForReceipt = MostFrames / 2;

    private readonly List<(long From, long To, byte[] Frame)> early = [];
    private int usedSinceReceipt;
    private long patience = FirstPatience;
    private long heardAt;

    public int Place => place;

    public string Address => address;

    /// <summary>The peer has shards that project to this node.</summary>
    public bool Sends => sends;

    /// <summary>This node has shards that project to the peer.</summary>
    public bool Receives => receives;

    /// <summary>Spikes of the peer before this step have gone to the shards.</summary>
    public long Used { get; private set; } = step;

    /// <summary>This node has, or has used, all frames of the peer before this step.</summary>
    public long Held { get; private set; } = step;

    /// <summary>There is something to own up to; at the latest with the next tick.</summary>
    public bool OwesReceipt { get; private set; }

    /// <summary>The peer needs to hear it now.</summary>
    public bool ReceiptIsDue { get; private set; }

    /// <summary>What the peer has used and holds of this node's frames.</summary>
    public long PeerUsed { get; private set; } = step;

    public long PeerHeld { get; private set; } = step;

    /// <summary>Keeps a frame of the peer until its turn.</summary>
    public FrameRefusal Take(FrameHeader header, ReadOnlySpan<byte> frame)
    {
        OwesReceipt = true;
        if (header.EndStep <= Held || early.Exists(e => e.From == header.FirstStep))
        {
            ReceiptIsDue = true;
            return FrameRefusal.None;
        }

        if (header.FirstStep < Held)
        {
            return FrameRefusal.Malformed;
        }

        if (early.Count == MostFrames)
        {
            return FrameRefusal.TooMany;
        }

        early.Add((header.FirstStep, header.EndStep, frame.ToArray()));
        for (int i = 0; i < early.Count; i++)
        {
            if (early[i].From == Held)
            {
                Held = early[i].To;
                i = -1;
            }
        }

        return FrameRefusal.None;
    }

    /// <summary>The frame whose turn it is; null where it has not come.</summary>
    public byte[]? Next(long mostStep)
    {
        foreach ((long from, long to, byte[] frame) in early)
        {
            if (from == Used && to <= mostStep)
            {
                return frame;
            }
        }

        return null;
    }

    /// <summary>The next frame has gone to the shards.</summary>
    public void Use(long to)
    {
        early.RemoveAll(e => e.From == Used);
        Used = to;
        OwesReceipt = true;
        ReceiptIsDue |= ++usedSinceReceipt >= FramesForReceipt;
    }

    /// <summary>The next frame cannot be used; it must come again.</summary>
    public void Discard()
    {
        early.RemoveAll(e => e.From >= Used);
        Held = Used;
        OwesReceipt = ReceiptIsDue = true;
    }

    /// <summary>A receipt goes out.</summary>
    public void SentReceipt()
    {
        OwesReceipt = ReceiptIsDue = false;
        usedSinceReceipt = 0;
    }

    /// <summary>Hears what the peer has. An older receipt than the last changes nothing.</summary>
    /// <param name="sent">The first step of which nothing was sent.</param>
    public FrameRefusal Hear(FrameHeader receipt, long sent, long now)
    {
        if (receipt.EndStep > sent)
        {
            return FrameRefusal.Malformed;
        }

        bool moved = receipt.FirstStep > PeerUsed || receipt.EndStep > PeerHeld;
        PeerUsed = Math.Max(PeerUsed, receipt.FirstStep);

        // A peer that could not use what it held says so by holding less.
        PeerHeld = receipt.FirstStep >= PeerUsed ? Math.Max(PeerUsed, receipt.EndStep) : PeerHeld;
        heardAt = now;
        patience = moved ? FirstPatience : patience;
        return FrameRefusal.None;
    }

    /// <summary>True where the peer has been silent for so long that it is to be sent again what it lacks.</summary>
    public bool IsDueAgain(long now)
    {
        if (now - heardAt < patience)
        {
            return false;
        }

        heardAt = now;
        patience = Math.Min(2 * patience, MostPatience);
        return true;
    }

    /// <summary>A frame goes out for the first time; where nothing was under way, the peer's time to answer begins.</summary>
    public void Sent(long firstStep, long now) => heardAt = PeerUsed == firstStep ? now : heardAt;
}
