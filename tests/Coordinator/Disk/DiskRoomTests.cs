using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Disk;
using Xunit;

namespace BrainSim.Tests.Coordinator.Disk;

public sealed class DiskRoomTests
{
    private const long GB = 1_000_000_000;

    [Theory]
    [InlineData(null, 100 * GB, DiskState.HasRoom)]
    [InlineData(null, DiskPolicy.Untouched + (1L << 30) + 1, DiskState.HasRoom)]
    [InlineData(null, DiskPolicy.Untouched + (1L << 30), DiskState.Short)]
    [InlineData(null, DiskPolicy.Untouched + 1, DiskState.Short)]
    [InlineData(null, DiskPolicy.Untouched, DiskState.Full)]
    [InlineData(null, 0L, DiskState.Full)]
    [InlineData(100 * GB, 1000 * GB, DiskState.HasRoom)]
    [InlineData(11 * GB, 1000 * GB, DiskState.Short)]
    [InlineData(10 * GB, 1000 * GB, DiskState.Full)]
    [InlineData(100 * GB, 0L, DiskState.Full)]
    public void TheStateFollowsFromQuotaAndDiskWhicheverIsTighter(long? quota, long free, DiskState state)
    {
        DiskPolicy policy = new(quota, null);
        Assert.Equal(state, policy.StateAt(policy.RoomAt(new DiskUse(1 * GB, 4 * GB, 3 * GB, 2 * GB, free))));
    }

    [Fact]
    public void ASmallQuotaHasASmallReserve()
    {
        Assert.Equal(GB / 10, new DiskPolicy(GB, null).Reserve);
        Assert.Equal(1L << 30, new DiskPolicy(1000 * GB, null).Reserve);
    }

    [Fact]
    public void WhatIsNewLeavesTheReserveToRunsThatHaveBegunAndNobodyTakesMoreThanThereIs()
    {
        DiskRoom room = new();
        room.Measured(100, keptForBegun: 40);
        room.Take(60, forBegun: false);
        NoRoomException refused = Assert.Throws<NoRoomException>(() => room.Take(1, forBegun: false));
        Assert.Contains("--quota, --keep", refused.Message, StringComparison.Ordinal);
        room.Take(40, forBegun: true);
        Assert.Throws<NoRoomException>(() => room.Take(1, forBegun: true));
        Assert.Equal(0, room.Left);
        room.Measured(10, 0);
        room.Take(10, forBegun: true);
    }
}
