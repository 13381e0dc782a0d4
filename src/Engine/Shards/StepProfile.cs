namespace BrainSim.Engine.Shards;

/// <summary>What a shard spends time on.</summary>
public enum StepWork
{
    /// <summary>Input tables and replayed spikes of all populations.</summary>
    Inputs,

    /// <summary>By projection.</summary>
    Couplings,

    /// <summary>Spikes of projections with tables of their own, by projection.</summary>
    Arrivals,

    /// <summary>Spikes of all projections that share rows.</summary>
    Rows,

    /// <summary>By population.</summary>
    Passes,

    /// <summary>Monitors, and the count of spikes.</summary>
    Recording,

    /// <summary>Writing batches and histories, taking in the batches of others, counting events.</summary>
    Exchange,
}

/// <summary>
/// Where the time of one shard goes, in ticks of a clock that comes from outside: each tick between <see cref="Begin"/> and the last <see cref="Charge"/> is
/// charged once. Owned by one thread at a time.
/// </summary>
public sealed class StepProfile
{
    private readonly Func<long> clock;
    private readonly long[][] ticks;
    private long last;

    /// <param name="clock">Never falls.</param>
    public StepProfile(Func<long> clock, int populations, int projections)
    {
        this.clock = clock;
        ticks = [.. Enum.GetValues<StepWork>().Select(work => new long[work switch
        {
            StepWork.Passes => populations,
            StepWork.Couplings or StepWork.Arrivals => projections,
            _ => 1,
        }])];
    }

    /// <param name="index">Of the population or projection; 0 for work of the whole shard.</param>
    public long Ticks(StepWork work, int index = 0) => ticks[(int)work][index];

    /// <summary>Of all work.</summary>
    public long TotalTicks => ticks.Sum(of => of.Sum());

    /// <summary>What passed since the last charge is not the shard's.</summary>
    internal void Begin() => last = clock();

    /// <summary>What passed since the last charge went into this.</summary>
    internal void Charge(StepWork work, int index = 0)
    {
        long now = clock();
        ticks[(int)work][index] += now - last;
        last = now;
    }
}

/// <summary>Notes what a step has just done. Its two kinds are structs, so that the step is compiled once for each and takes no notice of the one that does nothing.</summary>
internal interface IStepNotes
{
    void Begin();

    void Charge(StepWork work, int index = 0);
}

internal readonly struct NoNotes : IStepNotes
{
    public void Begin()
    {
    }

    public void Charge(StepWork work, int index = 0)
    {
    }
}

internal readonly struct ProfileNotes(StepProfile profile) : IStepNotes
{
    public void Begin() => profile.Begin();

    public void Charge(StepWork work, int index = 0) => profile.Charge(work, index);
}
