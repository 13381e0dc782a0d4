namespace BrainSim.Node;

/// <summary>Lets so many runs begin at once as memory has room for; one that is too large for any room runs alone. Thread-safe.</summary>
public sealed class MemoryBudget(double bytes)
{
    /// <summary>Of the memory that this process may have, what points may take; the rest is for recorded spikes, tables and code.</summary>
    private const double Share = 0.7;

    private readonly object gate = new();
    private double taken;

    /// <summary>What this process may have, less a reserve.</summary>
    public static MemoryBudget OfThisProcess() => new(Share * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    public double Bytes => bytes;

    /// <summary>Waits for room.</summary>
    public IDisposable Reserve(double wanted)
    {
        lock (gate)
        {
            while (taken > 0 && taken + wanted > bytes)
            {
                Monitor.Wait(gate);
            }

            taken += wanted;
        }

        return new Room(this, wanted);
    }

    private void GiveBack(double wanted)
    {
        lock (gate)
        {
            taken -= wanted;
            Monitor.PulseAll(gate);
        }
    }

    private sealed class Room(MemoryBudget budget, double wanted) : IDisposable
    {
        public void Dispose() => budget.GiveBack(wanted);
    }
}
