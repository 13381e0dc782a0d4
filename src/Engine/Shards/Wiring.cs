namespace BrainSim.Engine.Shards;

/// <summary>
/// Synapses that are wired once and used by every run that asks for the same ones: they are a pure function of their <see cref="WiringKey"/>. A part lives as long as
/// somebody uses it; where parts are kept, until something else is wired in its place. Thread-safe; parts are read only.
/// </summary>
/// <param name="keeps">What nobody uses is kept for the next run, so that runs one after the other share it. Of one projection no more is held at a time than was in use at once.</param>
public sealed class Wiring(bool keeps = false) : IDisposable
{
    private readonly Dictionary<WiringKey, Part> parts = [];
    private bool keeps = keeps;

    /// <summary>Parts that are in use, or kept.</summary>
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

    /// <summary>Lets go of what is kept. What is in use lives as long as that.</summary>
    public void Dispose()
    {
        lock (parts)
        {
            keeps = false;
            RemoveUnused(place: null);
        }
    }

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
                RemoveUnused(place: key.Place);
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
            if (part.Users == 0 && (!keeps || !part.Content.IsValueCreated))
            {
                Remove(part);
            }
        }
    }

    /// <param name="place">Null for all.</param>
    private void RemoveUnused(int? place)
    {
        foreach (Part part in parts.Values.Where(p => p.Users == 0 && (place is null || p.Key.Place == place)).ToArray())
        {
            Remove(part);
        }
    }

    private void Remove(Part part)
    {
        parts.Remove(part.Key);
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
