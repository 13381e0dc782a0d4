using BrainSim.Contracts.Frames;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>What threads do that read connections: each frame is given away as it comes, on the thread that has read it.</summary>
internal sealed class SpikeReaders(FrameSink hear, ILogger log)
{
    /// <summary>Looks, of some 0.5 µs each, before a thread sleeps: waking it takes longer than most windows.</summary>
    private const int Looks = 200;

    private int looking;

    /// <summary>Reads a connection to its end.</summary>
    /// <param name="address">Whose it is.</param>
    public void Read(SpikeConnection connection, string address)
    {
        try
        {
            while (true)
            {
                Look(connection);
                FrameRefusal refusal = connection.Input.Next(out ReadOnlySpan<byte> frame);
                if (frame.IsEmpty)
                {
                    if (refusal != FrameRefusal.None)
                    {
                        SpikeLog.Refused(log, address, refusal);
                    }

                    return;
                }

                hear(frame, address);
            }
        }
        catch (Exception problem) when (SpikeConnection.IsBroken(problem))
        {
            // The connection has broken, or the node ends: the next frame opens another.
        }
    }

    /// <summary>Waits a moment for the next bytes without sleeping. One thread at a time: a machine has other work.</summary>
    private void Look(SpikeConnection connection)
    {
        if (!connection.Input.IsEmpty || Interlocked.CompareExchange(ref looking, 1, 0) != 0)
        {
            return;
        }

        for (int look = 0; look < Looks && !connection.IsReadable; look++)
        {
        }

        Volatile.Write(ref looking, 0);
    }
}
