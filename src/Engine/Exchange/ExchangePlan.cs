using System.Collections.Immutable;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;

namespace BrainSim.Engine.Exchange;

/// <summary>
/// Who sends to whom, and how long each can go on without news: what all shards of a run agree on before the first step. A shard waits only for those
/// that project to it. Immutable.
/// </summary>
public sealed class ExchangePlan
{
    /// <summary>Steps of a batch that nobody waits for: few, so that the histories of a shard by itself stay in the cache.</summary>
    private const int StepsAlone = 16;

    private readonly ImmutableArray<ShardReach> shards;
    private readonly Schedule schedule;
    private readonly int longestWindow;

    /// <param name="shards">What each shard asks, in order.</param>
    public ExchangePlan(Schedule schedule, IEnumerable<ShardReach> shards)
    {
        this.schedule = schedule;
        this.shards = [.. shards];
        SendersTo = [.. All.Select(receiver => All.Where(sender => Projects(sender, receiver)).ToImmutableArray())];
        ReceiversOf = [.. All.Select(sender => All.Where(receiver => Projects(sender, receiver)).ToImmutableArray())];
        longestWindow = All.SelectMany(receiver => SendersTo[receiver].Select(sender => WindowSteps(sender, receiver))).DefaultIfEmpty(StepsAlone).Max();
        BatchSteps = this.shards.Any(s => s.Reads.Contains(true)) ? 1 : longestWindow;
    }

    public int Shards => shards.Length;

    /// <summary>By receiving shard: the others with synapses onto it.</summary>
    public ImmutableArray<ImmutableArray<int>> SendersTo { get; }

    /// <summary>By sending shard: the others that it has synapses onto.</summary>
    public ImmutableArray<ImmutableArray<int>> ReceiversOf { get; }

    /// <summary>Most steps of a batch; one where couplings read every step.</summary>
    public int BatchSteps { get; }

    /// <summary>How far beyond its own step a shard takes batches in: not at all where they carry values, which would hide those that it still needs.</summary>
    public int StepsAhead => shards.Any(s => s.Reads.Contains(true)) ? 0 : BatchSteps;

    /// <summary>Steps that the receiver can do beyond the last one that it has heard of from the sender.</summary>
    public int WindowSteps(int sender, int receiver) => shards[receiver].Reads[sender] ? 1 : Window.Steps(schedule, shards[receiver].ShortestFrom[sender]);

    /// <summary>How many steps a spike of a population can be under way, counting its own, on any shard.</summary>
    public int StepsUnderWay(int population) => shards.Max(s => s.LongestOf[population]) + schedule.ArrivalOffset;

    /// <summary>Steps of a population's history: the past that is still under way or may still come in late, this step, and what may come in early.</summary>
    public int HistorySteps(int population) => Math.Max(StepsUnderWay(population), longestWindow) + 1 + BatchSteps;

    /// <summary>Synapses of a projection on the shards before one.</summary>
    public long SynapsesBefore(int shard, int projection) => shards.Take(shard).Sum(s => s.Synapses[projection]);

    private IEnumerable<int> All => Enumerable.Range(0, shards.Length);

    private bool Projects(int sender, int receiver) => sender != receiver && (shards[receiver].ShortestFrom[sender] is not null || shards[receiver].Reads[sender]);
}
