using BrainSim.Node.Cluster;
using BrainSim.Node.Hosting;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

public sealed class OutgoingFramesTests
{
    private const int Most = 64 << 10;

    [Fact]
    public void NeighboursToOneNodeGoTogetherAsFarAsTheyAreSmall()
    {
        NodeEffect[] effects = [Frame("a", 48), Frame("a", 100), Frame("b", 7), Frame("a", Most), Frame("a", 1), new Exit(), Frame("a", Most - 1), Frame("a", 1), Frame("a", 1)];
        OutgoingFrames outgoing = new();
        List<(string, byte[])> sent = [];
        for (int e = 0; e < effects.Length; e++)
        {
            if (effects[e] is SendFrame first)
            {
                sent.Add((first.Address, outgoing.Join(first, effects, ref e).ToArray()));
            }
        }

        Assert.Equal([("a", 148), ("b", 7), ("a", Most), ("a", 1), ("a", Most), ("a", 1)], sent.Select(s => (s.Item1, s.Item2.Length)));
        byte[] all = [.. effects.OfType<SendFrame>().SelectMany(s => s.Frame.ToArray())];
        Assert.Equal(all, sent.SelectMany(s => s.Item2));
    }

    private static SendFrame Frame(string address, int bytes) => new(address, Enumerable.Range(0, bytes).Select(i => (byte)(i + bytes)).ToArray());
}
