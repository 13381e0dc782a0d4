using System.Net;
using BrainSim.Contracts.Frames;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

/// <summary>What other machines send is read as frames, or refused in so many words.</summary>
public sealed class FrameReaderTests
{
    [Fact]
    public void FramesComeOutAsTheyWentInOneByteAtATime()
    {
        byte[][] frames = [FrameOf(1, 0), FrameOf(2, 300), FrameOf(3, 500_000), FrameOf(4, 5000), FrameOf(5, 70_000)];
        FrameReader input = new(new SlowStream(frames.SelectMany(f => f).ToArray()));
        foreach (byte[] frame in frames)
        {
            Assert.Equal(frame, Next(input).Frame);
        }

        Assert.Equal((FrameRefusal.None, []), Next(input));
        Assert.True(input.IsEmpty);
    }

    /// <summary>Whoever has sent one long frame does not hold its memory for ever: after some short ones these are read into a short buffer again.</summary>
    [Fact]
    public void ALongFramesMemoryIsGivenUp()
    {
        FrameReader input = new(new MemoryStream([.. FrameOf(1, 5_000_000), .. Enumerable.Repeat(FrameOf(2, 10), 20).SelectMany(f => f), .. FrameOf(3, 10)]));
        Assert.Equal(5_000_000 + FrameHeader.Bytes, Next(input).Frame.Length);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(FrameOf(2, 10), Next(input).Frame));
        Assert.True(before - GC.GetTotalMemory(forceFullCollection: true) > 4_000_000);
        Assert.Equal(FrameOf(3, 10), Next(input).Frame);
        GC.KeepAlive(input);
    }

    [Fact]
    public void AnOversizedFrameIsRefusedByItsHeaderAlone()
    {
        byte[] frame = FrameOf(1, 100);
        BitConverter.TryWriteBytes(frame.AsSpan(40), FrameHeader.MostBodyBytes + 1);
        Assert.Equal((FrameRefusal.TooLong, []), Read(frame));
    }

    /// <summary>Memory is given for what has come, not for what is said to come.</summary>
    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(60_000, 250_000)]
    [InlineData(1_000_000, 6_000_000)]
    public void ALengthThatIsOnlySaidTakesNoMemory(int sent, int most)
    {
        byte[] frame = FrameOf(1, 100);
        BitConverter.TryWriteBytes(frame.AsSpan(40), FrameHeader.MostBodyBytes);
        FrameReader input = new(new MemoryStream([.. frame[..FrameHeader.Bytes], .. new byte[sent]]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(FrameRefusal.WrongLength, input.Next(out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
    }

    [Fact]
    public void ALongFrameWhoseBufferIsThereTakesNoMoreMemory()
    {
        FrameReader input = new(new MemoryStream([.. FrameOf(1, 5_000_000), .. FrameOf(2, 5_000_000)]));
        input.Next(out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        input.Next(out ReadOnlySpan<byte> second);
        Assert.Equal(5_000_000 + FrameHeader.Bytes, second.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public void ACutFrameIsOfWrongLength()
    {
        byte[] frame = FrameOf(1, 100);
        for (int cut = 1; cut < frame.Length; cut++)
        {
            Assert.Equal((FrameRefusal.WrongLength, []), Read(frame[..cut]));
        }
    }

    [Fact]
    public void WhateverComesIsAFrameOrRefused()
    {
        Random random = TestSeed.Of(nameof(WhateverComesIsAFrameOrRefused));
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] bytes = FrameOf(trial, trial % 200);
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            (FrameRefusal refusal, byte[] frame) = Read(trial % 3 == 0 ? Noise(random) : bytes);
            Assert.True(frame.Length > 0 || refusal != FrameRefusal.None, $"trial {trial}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("BSIMLINK")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("BSIMLINK\u0003\u0000\u00011")]
    [InlineData("BSIMLINK\u0002\u0000\u0000")]
    [InlineData("BSIMLINK\u0002\u0000\u0005abc")]
    public void WhatIsNoGreetingIsNone(string text) => Assert.Null(LinkGreeting.Read(new FrameReader(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(text))), out _));

    [Fact]
    public void AGreetingNamesItsAddressAndNoMoreIsRead()
    {
        FrameReader input = new(new SlowStream([.. LinkGreeting.Of("10.0.0.7:7412", shares: true), .. FrameOf(1, 3)]));
        Assert.Equal("10.0.0.7:7412", LinkGreeting.Read(input, out bool shares));
        Assert.True(shares);
        Assert.Equal(FrameOf(1, 3), Next(input).Frame);
    }

    /// <summary>Short frames go straight into the kernel, long ones by the link's thread; none is lost or overtaken.</summary>
    [Fact]
    public void FramesOfAnyLengthArriveInOrder()
    {
        byte[][] frames = [.. Enumerable.Range(0, 60).Select(i => FrameOf(i, i % 7 == 3 ? 1_000_000 : 200))];
        using Pair pair = new();
        foreach (byte[] frame in frames)
        {
            pair.Send(frame);
            if (frame.Length > 100_000)
            {
                pair.WaitFor(Array.IndexOf(frames, frame) + 1);
            }
        }

        pair.WaitFor(frames.Length);
        Assert.Equal(frames, pair.Heard);
    }

    private static (FrameRefusal Refusal, byte[] Frame) Next(FrameReader input)
    {
        FrameRefusal refusal = input.Next(out ReadOnlySpan<byte> frame);
        return (refusal, frame.ToArray());
    }

    private static (FrameRefusal Refusal, byte[] Frame) Read(byte[] bytes) => Next(new FrameReader(new MemoryStream(bytes)));

    private static byte[] FrameOf(long run, int bodyBytes)
    {
        FrameBuffer buffer = new();
        buffer.Begin();
        buffer.AddBytes(new byte[bodyBytes]);
        buffer.Seal(FrameKind.Spikes, run, 1, 0, 100, 10, 0);
        return buffer.Frame.ToArray();
    }

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Gives one byte at a time.</summary>
    private sealed class SlowStream(byte[] content) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }

    /// <summary>One node's way to another, over a real connection.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly List<byte[]> heard = [];
        private readonly SpikeListener listener = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly SpikeLinks receiver;
        private readonly SpikeLinks sender = new("sender:1", (_, _) => { }, NullLogger.Instance, security: null);

        public Pair()
        {
            receiver = new SpikeLinks("receiver:1", Hear, NullLogger.Instance, security: null);
            listener.Begin(receiver.Serve);
        }

        public IReadOnlyList<byte[]> Heard => heard;

        public void Send(byte[] frame) => sender.Send(listener.Address.ToString(), frame);

        public void WaitFor(int count)
        {
            lock (heard)
            {
                while (heard.Count < count)
                {
                    Assert.True(Monitor.Wait(heard, Coordinator.Brainsim.Patience), $"{heard.Count} of {count} frames");
                }
            }
        }

        public void Dispose()
        {
            listener.Dispose();
            sender.Dispose();
            receiver.Dispose();
        }

        private void Hear(ReadOnlySpan<byte> frame, string from)
        {
            lock (heard)
            {
                heard.Add(frame.ToArray());
                Monitor.PulseAll(heard);
            }
        }
    }
}
