using System.Buffers;
using System.IO.Pipelines;
using BrainSim.Contracts.Frames;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

/// <summary>What other machines send is read as frames, or refused in so many words.</summary>
public sealed class ReceivedFrameTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FramesComeOutAsTheyWentInOneByteAtATime()
    {
        byte[][] frames = [FrameOf(1, 0), FrameOf(2, 300), FrameOf(3, 5000)];
        PipeReader input = PipeReader.Create(new SlowStream(frames.SelectMany(f => f).ToArray()));
        foreach (byte[] frame in frames)
        {
            (ReceivedFrame? read, FrameRefusal refusal) = await ReceivedFrame.Read(input, Token);
            Assert.Equal(FrameRefusal.None, refusal);
            Assert.Equal(frame, read!.Value.Bytes.ToArray());
        }

        Assert.Equal((null, FrameRefusal.None), await ReceivedFrame.Read(input, Token));
    }

    /// <summary>A pipe holds its writer up at 64 kB; a reader that waits for more must not wait for ever.</summary>
    [Fact]
    public async Task AFrameLargerThanThePipeComesThrough()
    {
        byte[] frame = FrameOf(1, 5_000_000);
        Pipe pipe = new();
        Task<FlushResult> writing = pipe.Writer.WriteAsync(frame, Token).AsTask();
        (ReceivedFrame? read, _) = await ReceivedFrame.Read(pipe.Reader, Token).AsTask().WaitAsync(Coordinator.Brainsim.Patience, Token);
        Assert.True(read!.Value.Bytes.SequenceEqual(frame));
        await writing;
    }

    [Fact]
    public async Task AnOversizedFrameIsRefusedByItsHeaderAlone()
    {
        byte[] frame = FrameOf(1, 100);
        BitConverter.TryWriteBytes(frame.AsSpan(40), FrameHeader.MostBodyBytes + 1);
        Assert.Equal((null, FrameRefusal.TooLong), await Read(frame));
    }

    [Fact]
    public async Task ACutFrameIsOfWrongLength()
    {
        byte[] frame = FrameOf(1, 100);
        for (int cut = 1; cut < frame.Length; cut++)
        {
            Assert.Equal((null, FrameRefusal.WrongLength), await Read(frame[..cut]));
        }
    }

    [Fact]
    public async Task WhateverComesIsAFrameOrRefused()
    {
        Random random = TestSeed.Of(nameof(WhateverComesIsAFrameOrRefused));
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] bytes = FrameOf(trial, trial % 200);
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            (ReceivedFrame? read, FrameRefusal refusal) = await Read(trial % 3 == 0 ? Noise(random) : bytes);
            Assert.True(read is not null || refusal != FrameRefusal.None, $"trial {trial}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("BSIMLINK")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("BSIMLINK\u0002\u00011")]
    [InlineData("BSIMLINK\u0001\u0000")]
    [InlineData("BSIMLINK\u0001\u0005abc")]
    public async Task WhatIsNoGreetingIsNone(string text) =>
        Assert.Null(await LinkGreeting.Read(PipeReader.Create(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(text))), Token));

    [Fact]
    public async Task AGreetingNamesItsAddressAndNoMoreIsRead()
    {
        PipeReader input = PipeReader.Create(new SlowStream([.. LinkGreeting.Of("10.0.0.7:7412"), .. FrameOf(1, 3)]));
        Assert.Equal("10.0.0.7:7412", await LinkGreeting.Read(input, Token));
        Assert.Equal(FrameOf(1, 3), (await ReceivedFrame.Read(input, Token)).Frame!.Value.Bytes.ToArray());
    }

    private static async Task<(ReceivedFrame? Frame, FrameRefusal Refusal)> Read(byte[] bytes) => await ReceivedFrame.Read(PipeReader.Create(new MemoryStream(bytes)), Token);

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
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..1], cancellationToken);
    }
}
