using System.Net;
using System.Net.Sockets;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

/// <summary>Two nodes of one machine: what one writes, the other reads, without the kernel between them.</summary>
public sealed class SharedMemoryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly SpikeConnection caller;
    private readonly SpikeConnection called;

    public SharedMemoryTests()
    {
        listener.Start();
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndpoint);
        caller = new SpikeConnection(socket);
        called = new SpikeConnection(listener.AcceptSocket());
    }

    public void Dispose()
    {
        caller.Dispose();
        called.Dispose();
        listener.Dispose();
    }

    [Fact]
    public async Task BytesOfAnyLengthArriveInOrderBothWays()
    {
        await Share();
        int[] lengths = [1, 2 * SharedRing.Capacity, 48, .. Gen.Choose(1, 70_000).ArrayOf(200).Samples(1).Single()];
        Task there = Carry(caller, called, lengths);
        Task back = Carry(called, caller, [.. lengths.Reverse()]);
        await Task.WhenAll(there, back).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>Whoever reads is asleep whenever something is written, since it is written after an answer came.</summary>
    [Fact]
    public async Task WhoSleepsIsWoken()
    {
        await Share();
        Task echo = OnThread(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Assert.True(called.TryWrite([called.Input.Take(1)[0]]));
            }
        });
        await OnThread(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Assert.True(caller.TryWrite([(byte)i]));
                Assert.Equal((byte)i, caller.Input.Take(1)[0]);
            }
        }).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await echo;
    }

    [Fact]
    public async Task WhatHasNoRoomIsNotWrittenByHalf()
    {
        await Share();
        Assert.True(caller.TryWrite(new byte[SharedRing.Capacity - 10]));
        Assert.False(caller.TryWrite(new byte[11]));
        Assert.True(caller.TryWrite(new byte[10]));
        Assert.False(caller.TryWrite([1]));
        Assert.Equal(SharedRing.Capacity, called.Input.Take(SharedRing.Capacity).Length);
        Assert.True(caller.TryWrite([7]));
        Assert.Equal([7], called.Input.Take(1).ToArray());
    }

    [Fact]
    public async Task TheEndOfTheOtherIsSeenAfterAllThatItWrote()
    {
        await Share();
        Assert.True(caller.TryWrite([1, 2, 3]));
        caller.Dispose();
        Assert.Equal([1, 2, 3], called.Input.Take(3).ToArray());
        Assert.True(called.Input.Take(1).IsEmpty);
        Assert.True(SpikeConnection.IsBroken(Record.Exception(() => caller.Write(new byte[SharedRing.Capacity + 1]))!));
    }

    [Fact]
    public async Task WhereTheMemoryCannotBeHadTheConnectionItselfCarries()
    {
        Task calledEnd = OnThread(called.ShareAsCalled);
        ReadOnlySpan<byte> offer = caller.Input.Take(1 + SharedMemory.NameBytes);
        SharedMemory.Forget(offer[1..]);
        Assert.Null(SharedMemory.Open(offer[1..]));
        caller.Write([0]);
        await calledEnd;
        Assert.False(called.SharesMemory);
        await Carry(called, caller, [1, 3, 4]);
    }

    [Fact]
    public async Task NothingIsLeftBehind()
    {
        SharedMemory? made = SharedMemory.Make(out byte[] name);
        Assert.SkipWhen(made is null, "this machine has no memory to share");
        Assert.NotNull(SharedMemory.Open(name));
        SharedMemory.Forget(name);
        Assert.Null(SharedMemory.Open(name));
        await Share();
        Assert.True(caller.SharesMemory && called.SharesMemory);
    }

    [Fact]
    public void NumbersThatTheOtherProcessSpoiltEndTheConnection()
    {
        SharedMemory? made = SharedMemory.Make(out byte[] name);
        Assert.SkipWhen(made is null, "this machine has no memory to share");
        using (FileStream file = new($"/dev/shm/brainsim-{Convert.ToHexStringLower(name)}", FileMode.Open))
        {
            file.Write(BitConverter.GetBytes(long.MaxValue));
        }

        SharedMemory.Forget(name);
        Assert.Throws<IOException>(() => made.FromMaker.Read(new byte[8]));
        Assert.Throws<IOException>(() => made.FromMaker.Write(new byte[8], all: true));
        Assert.Equal(8, made.ToMaker.Write(new byte[8], all: true));
    }

    private async Task Share()
    {
        await Task.WhenAll(OnThread(called.ShareAsCalled), OnThread(caller.ShareAsCaller)).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.SkipUnless(caller.SharesMemory && called.SharesMemory, "this machine has no memory to share");
    }

    private static Task Carry(SpikeConnection from, SpikeConnection to, int[] lengths)
    {
        byte value = 0;
        byte[][] sent = [.. lengths.Select(length => Enumerable.Range(0, length).Select(_ => value++).ToArray())];
        Task writes = OnThread(() => Array.ForEach(sent, bytes =>
        {
            if (!from.TryWrite(bytes))
            {
                from.Write(bytes);
            }
        }));
        Task reads = OnThread(() => Array.ForEach(sent, bytes => Assert.True(to.Input.Take(bytes.Length).SequenceEqual(bytes))));
        return Task.WhenAll(writes, reads);
    }

    private static Task OnThread(Action what) => Task.Factory.StartNew(what, TaskCreationOptions.LongRunning);
}
