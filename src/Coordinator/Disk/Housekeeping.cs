using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Service;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Units;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BrainSim.Coordinator.Disk;

/// <summary>Measures the coordinator's disk from time to time, says what room it has, and removes what <see cref="CleanUp"/> finds needless.</summary>
internal sealed partial class Housekeeping(
    DataFolder data, CoordinatorLoop loop, ResultFiles results, DiskPolicy policy, TimeProvider clock, ILogger<Housekeeping> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim turn = new(1);
    private readonly KnownRuns known = new(data);
    private readonly HashSet<long> unmakeable = [];
    private DiskState told;

    /// <summary>As last measured. Any thread may ask.</summary>
    public DiskUse Use { get; private set; } = DiskUse.Unknown;

    public DiskPolicy Policy => policy;

    /// <summary>Measures, decides and cleans once.</summary>
    public async Task Round(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            await Measure();
            long[] folders = [.. data.Parts.Runs()];
            IReadOnlyCollection<RunView> runs = await loop.Runs();
            CleanUp found = CleanUp.Of(new DiskFacts(clock.GetUtcNow(), folders, known.Of(runs), [.. data.Blobs.All()]), policy.KeepDays);
            await Carry(found, cancellation);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or StoreException)
        {
            NotDone(problem.Message);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Before anything is taken, what room there is must be known.</summary>
    /// <exception cref="UserMistakeException">The folder cannot be measured.</exception>
    public async Task MeasureFirst()
    {
        try
        {
            await Measure();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserMistakeException(new Place("--data", 0, 0, data.Path), $"cannot be measured ({problem.Message.TrimEnd('.')}); see that this user may read all of it, or name another folder.");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Every, clock);
        do
        {
            await Task.Run(() => Round(stoppingToken), stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Measure()
    {
        Use = DiskUse.Measure(data.Path);
        long room = policy.RoomAt(Use);
        data.Room.Measured(room, policy.Reserve);
        DiskState state = policy.StateAt(room);
        await loop.Hear(state);
        if (state != told)
        {
            told = state;
            RoomIs(What(state), Math.Max(0, room) / 1e9, Use.Total / 1e9, Use.Free / 1e9);
        }
    }

    private async Task Carry(CleanUp found, CancellationToken cancellation)
    {
        foreach (long run in found.Expired)
        {
            await loop.RemoveResults(run, policy.KeepDays!.Value, clock.GetUtcNow());
        }

        foreach (long run in found.Folders)
        {
            data.Parts.Remove(run);
        }

        long bytes = found.Blobs.Sum(sha256 => data.Blobs.Remove(sha256, clock.GetUtcNow() - CleanUp.Grace));
        if (found.Folders.Count > 0 || bytes > 0)
        {
            Removed(found.Folders.Count, found.Blobs.Count, bytes);
        }

        foreach (long run in found.Unmade.Where(run => !unmakeable.Contains(run)))
        {
            await Make(run, cancellation);
        }
    }

    /// <summary>What cannot be made is made no second time by itself; who asks for it hears why.</summary>
    private async Task Make(long run, CancellationToken cancellation)
    {
        try
        {
            await results.Of(run, cancellation);
        }
        catch (Exception problem) when (problem is not OperationCanceledException and not NoRoomException)
        {
            unmakeable.Add(run);
            NotMade(run, problem is UserMistakeException ? problem.Message : problem.ToString());
        }
        catch (NoRoomException)
        {
            // Room is what the next round looks for.
        }
    }

    private static string What(DiskState state) => state switch
    {
        DiskState.HasRoom => "has room",
        DiskState.Short => "has room only for runs that have begun: uploads and submissions are refused, waiting runs wait",
        _ => "is full: runs wait at their next checkpoint",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "the disk {State:l}; {Room:0.00} GB may still be written, {Used:0.00} GB are used, {Free:0.00} GB are free on the disk")]
    private partial void RoomIs(string state, double room, double used, double free);

    [LoggerMessage(Level = LogLevel.Information, Message = "removed {Folders} folders of runs and {Blobs} files ({Bytes} bytes) that nothing needs")]
    private partial void Removed(int folders, int blobs, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "the results of run {Run} cannot be put together: {Why}")]
    private partial void NotMade(long run, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the disk cannot be looked after now ({Why}); it is tried again")]
    private partial void NotDone(string why);
}
