using System.Collections.Immutable;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Exchange;

/// <summary>What became of a batch.</summary>
public enum Acceptance
{
    Accepted,

    /// <summary>The shard is too far behind to keep it; to be offered again when the shard has advanced.</summary>
    Early,

    /// <summary>The same steps of this sender are already here.</summary>
    Repeated,

    /// <summary>The shard has already done the batch's steps.</summary>
    Late,

    /// <summary>The sender is no shard that projects to this one.</summary>
    Foreign,

    /// <summary>Counts, ids and values contradict each other, the network, or what the sender sent before.</summary>
    Malformed,
}

/// <summary>
/// Takes in the batches of other shards: writes their spikes to the histories, where they stand in canonical order whoever came first, and their values to the
/// partners; knows up to which step the shard can go.
/// </summary>
public sealed class Inbox
{
    private readonly int shard;
    private readonly ExchangePlan plan;
    private readonly IReadOnlyList<int> populationSizes;
    private readonly PartnerValues? partners;
    private readonly SenderNews?[] news;

    /// <param name="shard">The receiver.</param>
    /// <param name="partners">Take the values that batches carry; null where they carry none.</param>
    public Inbox(int shard, ExchangePlan plan, IReadOnlyList<int> populationSizes, PartnerValues? partners = null)
    {
        (this.shard, this.plan, this.populationSizes, this.partners) = (shard, plan, populationSizes, partners);
        news = new SenderNews?[plan.Shards];
        Restore(0);
    }

    /// <summary>The first step that cannot be done with what is here.</summary>
    public long Horizon { get; private set; }

    /// <summary>True where nothing before a step is missing.</summary>
    public bool HasAllBefore(long step)
    {
        bool all = true;
        foreach (int sender in plan.SendersTo[shard])
        {
            all &= news[sender]!.KnownTo >= step;
        }

        return all;
    }

    /// <summary>All spikes before a step are here, and none after it.</summary>
    public void Restore(long step)
    {
        foreach (int sender in plan.SendersTo[shard])
        {
            news[sender] = new SenderNews(step);
        }

        FindHorizon();
    }

    /// <param name="step">Steps that the shard has done.</param>
    /// <param name="histories">By population.</param>
    public Acceptance Accept(SpikeBatch batch, long step, IReadOnlyList<SpikeHistory> histories)
    {
        if (batch.Shard < 0 || batch.Shard >= news.Length || news[batch.Shard] is not { } sender)
        {
            return Acceptance.Foreign;
        }

        if (!IsWellFormed(batch))
        {
            return Acceptance.Malformed;
        }

        if (sender.Overlaps(batch.FromStep, batch.ToStep))
        {
            return !sender.Holds(batch.FromStep, batch.ToStep) ? Acceptance.Malformed : batch.ToStep <= step ? Acceptance.Late : Acceptance.Repeated;
        }

        if (batch.ToStep > step + plan.StepsAhead)
        {
            return Acceptance.Early;
        }

        sender.Add(batch.FromStep, batch.ToStep);
        Write(batch, histories);
        partners?.Take(batch.Values, batch.Shard, news.Length);
        FindHorizon();
        return Acceptance.Accepted;
    }

    private void FindHorizon()
    {
        Horizon = long.MaxValue;
        foreach (int sender in plan.SendersTo[shard])
        {
            Horizon = Math.Min(Horizon, news[sender]!.KnownTo + plan.WindowSteps(sender, shard));
        }
    }

    private static unsafe void Write(SpikeBatch batch, IReadOnlyList<SpikeHistory> histories)
    {
        int* ids = batch.Ids.Pointer;
        int next = 0;
        for (long step = batch.FromStep; step < batch.ToStep; step++)
        {
            for (int population = 0; population < histories.Count; population++)
            {
                int count = batch.Counts[next++];
                histories[population].Insert(step, ids, count);
                ids += count;
            }
        }
    }

    private bool IsWellFormed(SpikeBatch batch)
    {
        if (batch.Populations != populationSizes.Count || batch.Counts.Length % batch.Populations != 0
            || batch.ToStep <= batch.FromStep || batch.ToStep - batch.FromStep > plan.BatchSteps
            || batch.Values.Length != (partners?.BytesOf(batch.Shard, news.Length) ?? 0))
        {
            return false;
        }

        long next = 0;
        for (int c = 0; c < batch.Counts.Length; c++)
        {
            Partition sender = Partition.Of(populationSizes[c % batch.Populations], batch.Shard, news.Length);
            int count = batch.Counts[c];
            if (count < 0 || next + count > batch.Ids.Length)
            {
                return false;
            }

            for (int last = sender.From - 1; count > 0; count--)
            {
                int id = batch.Ids[next++];
                if (id <= last || id >= sender.To)
                {
                    return false;
                }

                last = id;
            }
        }

        return next == batch.Ids.Length;
    }
}

/// <summary>Which steps of one sender are here: all before <see cref="KnownTo"/>, and some ranges beyond it that came out of turn.</summary>
internal sealed class SenderNews(long from)
{
    private readonly List<(long From, long To)> beyond = [];

    /// <summary>The first step that is missing.</summary>
    public long KnownTo { get; private set; } = from;

    public bool Overlaps(long from, long to)
    {
        bool found = from < KnownTo;
        foreach ((long first, long end) in beyond)
        {
            found |= from < end && first < to;
        }

        return found;
    }

    public bool Holds(long from, long to)
    {
        bool found = to <= KnownTo;
        foreach ((long first, long end) in beyond)
        {
            found |= first <= from && to <= end;
        }

        return found;
    }

    /// <summary>A range that overlaps nothing that is here.</summary>
    public void Add(long from, long to)
    {
        beyond.Add((from, to));
        for (int r = 0; r < beyond.Count; r++)
        {
            if (beyond[r].From == KnownTo)
            {
                KnownTo = beyond[r].To;
                beyond.RemoveAt(r);
                r = -1;
            }
        }
    }
}
