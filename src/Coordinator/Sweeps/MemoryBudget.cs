namespace BrainSim.Coordinator.Sweeps;

/// <summary>Lets so many runs begin at once as memory has room for; one that is too large for any room runs alone. Thread-safe.</summary>
internal sealed class MemoryBudget(double bytes)
{
    private readonly object gate = new();
    private double taken;

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
