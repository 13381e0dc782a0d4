using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Service;

/// <summary>
/// How many networks the coordinator reads at the same time, and what their arrays may take together. Runs, sweeps and results have places of their own, so that none waits for the others. Each place
/// has an equal part of half the bytes; who needs more begins anew with all of the other half, one at a time. So nobody is refused for what others have. Any thread may use it.
/// </summary>
internal sealed class ReadingTurns
{
    /// <summary>Sweeps whose points are listed at the same time, which may take minutes each.</summary>
    private const int SweepsAtOnce = 2;

    private readonly long bytes;
    private readonly int places = (2 * Environment.ProcessorCount) + SweepsAtOnce;
    private readonly SemaphoreSlim large = new(1);

    public ReadingTurns(ServiceLimits limits) => bytes = limits.MostArrayBytes;

    /// <summary>More at once would only take memory from each other.</summary>
    public SemaphoreSlim Runs { get; } = new(Environment.ProcessorCount);

    public SemaphoreSlim Sweeps { get; } = new(SweepsAtOnce);

    public SemaphoreSlim Results { get; } = new(Environment.ProcessorCount);

    /// <summary>Bytes for the arrays of who has a place.</summary>
    public long SmallBytes => bytes / 2 / places;

    /// <summary>Bytes for the arrays of the one who needs more than a place has.</summary>
    public long LargeBytes => bytes / 2;

    /// <param name="of">The places of this kind of work.</param>
    /// <param name="paths">The files that the network may name.</param>
    /// <param name="networks">That are in memory at the same time.</param>
    /// <param name="read">Called a second time where arrays lacked memory the first time.</param>
    public async Task<T> Read<T>(SemaphoreSlim of, IReadOnlyDictionary<string, string> paths, int networks, Func<NamedFiles, T> read)
    {
        NamedFiles files = NamedFiles.Only(paths, SmallBytes / networks);
        try
        {
            return await In(of, () => read(files));
        }
        catch (UserMistakeException) when (files.LackedMemory)
        {
            return await In(large, () => read(NamedFiles.Only(paths, LargeBytes / networks)));
        }
    }

    private static async Task<T> In<T>(SemaphoreSlim places, Func<T> work)
    {
        await places.WaitAsync();
        try
        {
            return await Task.Run(work);
        }
        finally
        {
            places.Release();
        }
    }
}
