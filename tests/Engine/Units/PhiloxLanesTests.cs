using System.Runtime.Intrinsics;
using BrainSim.Engine.Units;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Engine.Units;

/// <summary>Eight streams at once are the eight streams one by one. FsCheck's failures name the seed that repeats them.</summary>
public sealed class PhiloxLanesTests
{
    [Fact]
    public void Lanes_draw_what_their_streams_draw() => Prop.ForAll<ulong, uint, long>((seed, id, step) => Agree(seed, id, step)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, uint.MaxValue - 3, 0)]
    [InlineData(ulong.MaxValue, 0, -1)]
    [InlineData(1, uint.MaxValue, (1L << 32) + 5)]
    [InlineData(2, 1u << 31, long.MaxValue)]
    public void Ids_and_steps_wrap_as_in_streams(ulong seed, uint id, long step) => Assert.True(Agree(seed, id, step));

    private static unsafe bool Agree(ulong seed, uint id, long step)
    {
        KeyedRandom random = new(seed, KeyedRandom.Purpose("lanes"));
        PhiloxKeys keys = new(random);
        (Vector512<ulong> first, Vector512<ulong> second) = PhiloxLanes.Draws(&keys, id, step);
        return Enumerable.Range(0, PhiloxLanes.Count).All(lane =>
        {
            KeyedStream stream = random.Stream(unchecked(id + (uint)lane), step);
            return first[lane] == stream.NextBits() && second[lane] == stream.NextBits();
        });
    }
}
