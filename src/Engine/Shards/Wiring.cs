namespace BrainSim.Engine.Shards;

/// <summary>
/// Synapses that are wired once and used by every run that asks for the same ones: they are a pure function of their <see cref="WiringKey"/>. A part lives as long as
/// somebody uses it. Thread-safe; parts are read only.
/// </summary>
public sealed class Wiring
{
    private readonly Dictionary<WiringKey, Part> parts = [];

    /// <summary>Parts that are in use.</summary>
    public int Count
    {
        get
        {
            lock (parts)
            {
                return parts.Count;
            }
        }
    }

    /// <summary>How many parts have been wired so far.</summary>
    public int Wired { get; private set; }

    /// <summary>The part of a key; wired by the first who asks, while others who want it wait.</summary>
    internal Lease<T> Rent<T>(WiringKey key, Func<T> wire)
        where T : class, IDisposable
    {
        Part part = Take(key, wire);
        bool done = false;
        try
        {
            Lease<T> lease = new((T)part.Content.Value, () => Return(part));
            done = true;
            return lease;
        }
        finally
        {
            if (!done)
            {
                Return(part);
            }
        }
    }

    private Part Take(WiringKey key, Func<IDisposable> wire)
    {
        lock (parts)
        {
            if (!parts.TryGetValue(key, out Part? part))
            {
                parts.Add(key, part = new Part(key, new Lazy<IDisposable>(wire)));
                Wired++;
            }

            part.Users++;
            return part;
        }
    }

    private void Return(Part part)
    {
        lock (parts)
        {
            part.Users--;
            if (part.Users > 0)
            {
                return;
            }

            parts.Remove(part.Key);
        }

        if (part.Content.IsValueCreated)
        {
            part.Content.Value.Dispose();
        }
    }

    private sealed class Part(WiringKey key, Lazy<IDisposable> content)
    {
        public WiringKey Key { get; } = key;

        public Lazy<IDisposable> Content { get; } = content;

        public int Users { get; set; }
    }
}

/// <summary>The use of a part of the wiring; who has it gives it back once.</summary>
internal sealed class Lease<T>(T part, Action giveBack) : IDisposable
{
    public T Part { get; } = part;

    public void Dispose() => giveBack();
}
