namespace BrainSim.Tests.ClusterSimulation;

/// <summary>Carries messages between places (0 is the coordinator's, the others are machines'): late, twice, never, in any order, with a bit turned over. A cut goes both ways or one way.</summary>
internal sealed class SimulatedNetwork(Timeline time, Random random)
{
    private readonly HashSet<(int From, int To)> cut = [];

    public double Lost { get; set; }

    public double Repeated { get; set; }

    public double Late { get; set; }

    public double Changed { get; set; }

    public int Latency { get; set; } = 5;

    public bool IsCut(int from, int to) => cut.Contains((from, to));

    /// <summary>Cuts a link for some milliseconds.</summary>
    public void Cut(int from, int to, long length)
    {
        cut.Add((from, to));
        time.After(length, () => cut.Remove((from, to)));
    }

    public void Heal()
    {
        cut.Clear();
        (Lost, Late, Changed) = (0, 0, 0);
    }

    public void Send(int from, int to, byte[] bytes, Action<byte[]> deliver, bool mayChange = false)
    {
        if (IsCut(from, to) || random.NextDouble() < Lost)
        {
            return;
        }

        byte[] sent = mayChange && random.NextDouble() < Changed ? WithOneBitTurned(bytes) : bytes;
        for (int times = random.NextDouble() < Repeated ? 2 : 1; times > 0; times--)
        {
            time.After(1 + random.Next(Latency) + (random.NextDouble() < Late ? random.Next(4000) : 0), () =>
            {
                if (!IsCut(from, to))
                {
                    deliver(sent);
                }
            });
        }
    }

    private byte[] WithOneBitTurned(byte[] bytes)
    {
        byte[] changed = (byte[])bytes.Clone();
        changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }
}
