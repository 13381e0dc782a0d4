namespace BrainSim.Node.Cluster;

/// <summary>Does work for 0 to count - 1, on as many threads as it has, and returns when all is done; throws what the lowest of them threw. May be called on several threads at once.</summary>
public delegate void Crew(int count, Action<int> work);

/// <summary>Crews that need no threads.</summary>
public static class Crews
{
    /// <summary>The calling thread does it all.</summary>
    public static void Alone(int count, Action<int> work)
    {
        for (int i = 0; i < count; i++)
        {
            work(i);
        }
    }
}
