using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Cluster;

/// <summary>
/// The shards of one run on this node, once they are open. All advance together, round by round, as far as the peers' spikes and the coordinator's limits allow; what they
/// hand out in a round makes one frame, the same for every peer.
/// </summary>
internal sealed class HostedRun : IDisposable
{
    private readonly BuildShards order;
    private readonly ShardRun[] shards;
    private readonly NetworkSpec network;
    private readonly ExchangePlan plan;
    private readonly Crew crew;
    private readonly Func<long> clock;
    private readonly long[] shardBusyMs;
    private readonly long[] waitedMs;
    private (long Since, int For)? waits;
    private readonly SpikeBatch[] batches;
    private readonly RemoteShards?[] remote;
    private readonly PeerLink?[] links;
    private readonly FrameRing frames = new();
    private readonly FrameBuffer receipt = new();
    private readonly int[] firstIds;
    private readonly Action<int> advance;
    private readonly Action<int> acceptOwn;
    private readonly RoundLength roundLength;
    private long roundEnd;

    /// <param name="asks">Of all shards of the run, in order.</param>
    /// <param name="clock">Milliseconds.</param>
    public HostedRun(BuildJob job, IReadOnlyList<ShardReach> asks, Crew crew, Func<long> clock)
    {
        order = job.Order;
        shards = job.Shards;
        network = job.Compiled!.Network;
        this.crew = crew;
        this.clock = clock;
        shardBusyMs = new long[shards.Length];
        waitedMs = new long[order.Peers.Count];
        plan = new ExchangePlan(network.Schedule, asks);
        crew(shards.Length, s => shards[s].Open(plan));
        if (job.From is { } checkpoint)
        {
            crew(shards.Length, s => shards[s].Restore(checkpoint));
        }

        Step = shards[0].Step;
        SnapshotStep = Step;
        firstIds = [.. network.Populations.Select(p => Partition.Of(p.Size, Self.FirstShard, plan.Shards).From)];
        long neurons = SpikeFrames.NeuronsOf(network, Self, plan.Shards);
        roundLength = new RoundLength(Math.Min((plan.BatchSteps + 1) / 2, Math.Max(1, SpikeFrames.MostSteps(neurons, network.Populations.Length))));
        batches = [.. shards.Select(s => new SpikeBatch(s.Shard, network.Populations.Length))];
        links = [.. order.Peers.Select(LinkTo)];
        remote = [.. order.Peers.Select((peer, p) => links[p] is { Sends: true } ? new RemoteShards(peer, network, plan.Shards, shards[0].State.Partners) : null)];
        advance = Advance;
        acceptOwn = AcceptOwn;
    }

    public RunEpoch Epoch => order.Epoch;

    public Peer Self => order.Peers[order.Self];

    public IReadOnlyList<ShardRun> Shards => shards;

    /// <summary>Steps that all shards have done.</summary>
    public long Step { get; private set; }

    public bool IsDone => Step == network.Steps;

    /// <summary>How far the coordinator lets the run go.</summary>
    public long Limit { get; set; }

    /// <summary>Nothing more can be recorded, so that no step can be done.</summary>
    public bool IsHeldUp { get; set; }

    /// <summary>The last step of which a snapshot is not due any more.</summary>
    public long SnapshotStep { get; set; }

    /// <summary>Milliseconds spent stepping.</summary>
    public long BusyMs => roundLength.BusyMs;

    /// <summary>What became no number, and the step of the search that found it; nothing goes on after it.</summary>
    public (NonFinite Found, long Step)? Failure { get; private set; }

    /// <summary>Milliseconds spent waiting, by peer; for the coordinator at this node's own place.</summary>
    public IReadOnlyList<long> WaitedMs => waitedMs;

    /// <summary>Milliseconds spent stepping, by shard of this node.</summary>
    public IReadOnlyList<long> ShardBusyMs => shardBusyMs;

    /// <summary>The peer without whose spikes, or receipts, nothing goes on here; -1 where there is none.</summary>
    public int WaitsFor =>
        Step == Limit ? (AllHere ? -1 : SlowestSender)
        : Horizon <= Step ? SlowestSender
        : frames.Free is null ? links.Where(l => l is { Receives: true }).MinBy(l => l!.PeerUsed)!.Place
        : -1;

    /// <summary>All shards stand at one step and nothing before it is missing, so that a snapshot can be taken.</summary>
    public bool AllHere => Array.TrueForAll(shards, s => s.IsComplete(Step));

    /// <summary>Takes a whole, checked frame; it goes to the shards when its turn comes.</summary>
    /// <param name="from">Where the node is reached that sent it: nobody speaks for another.</param>
    public FrameRefusal Hear(FrameHeader header, ReadOnlySpan<byte> frame, string from, long now)
    {
        if (header.Sender < 0 || header.Sender >= links.Length || links[header.Sender] is not { } link || link.Address != from)
        {
            return FrameRefusal.UnknownSender;
        }

        if (header.Kind == FrameKind.Receipt)
        {
            return !link.Receives ? FrameRefusal.UnknownSender : link.Hear(header, Step, now);
        }

        return !link.Sends ? FrameRefusal.UnknownSender
            : header.Steps > plan.BatchSteps || header.EndStep > network.Steps ? FrameRefusal.Malformed
            : link.Take(header, frame);
    }

    /// <summary>Uses what has come, goes on by one round where that is possible, sends what is due.</summary>
    /// <returns>True where something moved.</returns>
    public bool Work(List<NodeEffect> effects)
    {
        long start = clock();
        if (waits is { } waited)
        {
            waitedMs[waited.For] += start - waited.Since;
        }

        bool moved = TakeIn();
        frames.DropBefore(links.Where(l => l is { Receives: true }).Select(l => l!.PeerUsed).DefaultIfEmpty(long.MaxValue).Min());
        roundEnd = NextEnd();
        if (roundEnd > Step && !IsHeldUp && Failure is null && frames.Free is { } frame)
        {
            Round(frame);
            long now = clock();
            roundLength.Took(now - start);
            SendToAll(frame, now, effects);
            moved = true;
        }

        waits = moved || IsDone ? null : (start, WaitsFor is >= 0 and var place ? place : order.Self);
        SendReceipts(onlyDue: true, effects);
        return moved;
    }

    /// <summary>Owns up to what peers have sent, and sends again what they do not own up to.</summary>
    public void Tick(List<NodeEffect> effects)
    {
        long now = clock();
        SendReceipts(onlyDue: false, effects);
        foreach (PeerLink? link in links)
        {
            if (link is { Receives: true } && link.PeerUsed < Step && link.IsDueAgain(now))
            {
                effects.AddRange(frames.From(link.PeerHeld).Select(f => new SendFrame(link.Address, f.Frame)));
            }
        }
    }

    public void Dispose()
    {
        Array.ForEach(shards, s => s.Dispose());
        Array.ForEach(batches, b => b.Dispose());
        Array.ForEach(remote, r => r?.Dispose());
    }

    private long Horizon
    {
        get
        {
            long first = long.MaxValue;
            foreach (ShardRun shard in shards)
            {
                first = Math.Min(first, shard.Horizon);
            }

            return first;
        }
    }

    private int SlowestSender => links.Where(l => l is { Sends: true }).MinBy(l => l!.Used)?.Place ?? -1;

    private PeerLink? LinkTo(Peer peer, int place)
    {
        if (place == order.Self)
        {
            return null;
        }

        bool sends = shards.Any(s => plan.SendersTo[s.Shard].Any(from => Has(peer, from)));
        bool receives = shards.Any(s => plan.ReceiversOf[s.Shard].Any(to => Has(peer, to)));
        return new PeerLink(place, peer.Address, sends, receives, Step);
    }

    private static bool Has(Peer peer, int shard) => shard >= peer.FirstShard && shard < peer.FirstShard + peer.Shards;

    private long NextEnd() => Math.Min(Math.Min(Math.Min(Horizon, Limit), Math.Min(Step + roundLength.Steps, network.Steps)), SerialRun.NextCheck(Step));

    /// <summary>Hands frames to the shards, but none beyond the next snapshot: what it counts would be counted again by whoever goes on from there.</summary>
    private bool TakeIn()
    {
        bool taken = false;
        foreach (PeerLink? link in links)
        {
            while (link?.Next(Math.Min(Step + plan.StepsAhead, Limit)) is { } frame && remote[link.Place] is { } sender)
            {
                _ = FrameHeader.Read(frame, out FrameHeader header);
                if (!sender.TryRead(frame, header))
                {
                    link.Discard();
                    break;
                }

                foreach (ShardRun shard in shards)
                {
                    sender.GiveTo(shard, plan);
                }

                link.Use(header.EndStep);
                taken = true;
            }
        }

        return taken;
    }

    private void Round(FrameBuffer frame)
    {
        long from = Step;
        crew(shards.Length, advance);
        crew(shards.Length, acceptOwn);
        Step = roundEnd;
        int count = SpikeFrames.Write(frame, batches, firstIds);
        frame.Seal(FrameKind.Spikes, Epoch.Run, Epoch.Epoch, order.Self, from, (int)(Step - from), count);
        if (Step % SerialRun.CheckEvery == 0 || IsDone || Step == Limit)
        {
            // No checkpoint may hold what is no number: whoever goes on from there could not say when it became so.
            Search();
        }
    }

    private void Advance(int shard)
    {
        long began = clock();
        shards[shard].Advance(roundEnd, batches[shard]);
        shardBusyMs[shard] += clock() - began;
    }

    private void AcceptOwn(int receiver)
    {
        ShardRun shard = shards[receiver];
        foreach (int sender in plan.SendersTo[shard.Shard])
        {
            if (Has(Self, sender))
            {
                RemoteShards.Give(shard, batches[sender - Self.FirstShard]);
            }
        }
    }

    private void Search()
    {
        NonFinite[] found = [.. shards.Select(s => s.State.FindNonFinite(Step - 1)).OfType<NonFinite>()];
        Failure = found.Length == 0 ? null : (found.MinBy(f => f.Order), Step);
    }

    private void SendToAll(FrameBuffer frame, long now, List<NodeEffect> effects)
    {
        bool any = false;
        foreach (PeerLink? link in links)
        {
            if (link is { Receives: true })
            {
                link.Sent(frame.Header.FirstStep, now);
                SendReceipt(link, effects); // It goes by the same system call.
                effects.Add(new SendFrame(link.Address, frame.Frame));
                any = true;
            }
        }

        if (any)
        {
            frames.Keep();
        }
    }

    private void SendReceipts(bool onlyDue, List<NodeEffect> effects)
    {
        foreach (PeerLink? link in links)
        {
            if (link is not null && (link.ReceiptIsDue || !onlyDue))
            {
                SendReceipt(link, effects);
            }
        }
    }

    private void SendReceipt(PeerLink link, List<NodeEffect> effects)
    {
        if (link.OwesReceipt)
        {
            receipt.Begin();
            receipt.Seal(FrameKind.Receipt, Epoch.Run, Epoch.Epoch, order.Self, link.Used, (int)(link.Held - link.Used), 0);
            effects.Add(new SendFrame(link.Address, receipt.Frame.ToArray()));
            link.SentReceipt();
        }
    }
}
