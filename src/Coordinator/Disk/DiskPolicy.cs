using BrainSim.Coordinator.Cluster;

namespace BrainSim.Coordinator.Disk;

/// <summary>How much a coordinator may keep, and for how long.</summary>
/// <param name="QuotaBytes">For all that it keeps; null for as much as the disk has.</param>
/// <param name="KeepDays">Results of runs that have ended; null for ever.</param>
public sealed record DiskPolicy(long? QuotaBytes, int? KeepDays)
{
    /// <summary>Never used of the disk, in bytes: the journal must find room there when nothing else does.</summary>
    public const long Untouched = 256L << 20;

    private const long MostReserve = 1L << 30;

    /// <summary>Of a small quota, the reserve is this part.</summary>
    private const int ReservePart = 10;

    public static DiskPolicy Unlimited { get; } = new(null, null);

    /// <summary>Bytes of the room that only runs that have begun may use, for their checkpoints and recordings.</summary>
    public long Reserve => Math.Min(MostReserve, QuotaBytes / ReservePart ?? MostReserve);

    /// <summary>Bytes that may still be written; negative where there are too many already.</summary>
    public long RoomAt(DiskUse use) => Math.Min(use.Free - Untouched, QuotaBytes - use.Total ?? long.MaxValue);

    public DiskState StateAt(long room) => room <= 0 ? DiskState.Full : room <= Reserve ? DiskState.Short : DiskState.HasRoom;
}
