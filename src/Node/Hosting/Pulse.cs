namespace BrainSim.Node.Hosting;

/// <summary>Whether a thread still turns: it beats on every turn, and others look. Thread-safe.</summary>
public sealed class Pulse(TimeProvider clock)
{
    /// <summary>Longer than any single thing that such a thread does; one that is silent for so long is stuck.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private long last = clock.GetTimestamp();

    public bool Beats => clock.GetElapsedTime(Volatile.Read(ref last)) < Patience;

    public void Beat() => Volatile.Write(ref last, clock.GetTimestamp());
}
