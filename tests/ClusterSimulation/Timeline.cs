namespace BrainSim.Tests.ClusterSimulation;

/// <summary>Simulated time: what is to happen happens in the order of its milliseconds, then in the order in which it was planned.</summary>
internal sealed class Timeline
{
    private readonly PriorityQueue<Action, (long At, long Order)> plans = new();
    private long order;

    public long Now { get; private set; }

    public void After(long milliseconds, Action what) => plans.Enqueue(what, (Now + milliseconds, order++));

    public void Every(long milliseconds, Action what) => After(milliseconds, () =>
    {
        what();
        Every(milliseconds, what);
    });

    /// <summary>Lets things happen until a condition holds.</summary>
    /// <returns>False where it does not hold at the end of the time.</returns>
    public bool RunUntil(long end, Func<bool> holds)
    {
        while (!holds())
        {
            if (!plans.TryDequeue(out Action? next, out (long At, long) when) || when.At > end)
            {
                return false;
            }

            Now = when.At;
            next();
        }

        return true;
    }
}
