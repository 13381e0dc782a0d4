using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Exchange;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Cluster;

/// <summary>
/// The body of a frame of spikes: for every step and population the number of spikes of all shards of the sending node, then their global ids, each as its distance from
/// the one before; then, where couplings read them, the values of each shard with their length in front.
/// </summary>
internal static class SpikeFrames
{
    /// <summary>The steps of which the spikes of some neurons surely fit into a frame: an id takes one byte for every 128 neurons that it jumps over, and one more.</summary>
    /// <param name="neurons">Of the sending node.</param>
    public static long MostSteps(long neurons, int populations) => FrameHeader.MostBodyBytes / 2 / BytesOfAStep(neurons, populations);

    /// <summary>What couplings read goes with every step, whole.</summary>
    /// <param name="valueBytes">Of all shards of the sending node.</param>
    /// <exception cref="UserMistakeException">With the spikes of a step it may be more than a frame holds.</exception>
    public static void Check(long valueBytes, long neurons, int populations)
    {
        long most = FrameHeader.MostBodyBytes - BytesOfAStep(neurons, populations);
        if (valueBytes > most)
        {
            throw new UserMistakeException(
                new Place("--shards", 0, 0, ""), FormattableString.Invariant($"couplings read {valueBytes / 1e6:0.#} MB from one node in every step, where a frame between nodes holds {most / 1e6:0.#}; run the network on one node, or on more."));
        }
    }

    /// <summary>All neurons of a node's shards.</summary>
    /// <param name="shards">Of the whole run.</param>
    public static long NeuronsOf(NetworkSpec network, Peer node, int shards) =>
        network.Populations.Sum(p => (long)Partition.Of(p.Size, node.FirstShard + node.Shards - 1, shards).To - Partition.Of(p.Size, node.FirstShard, shards).From);

    private static long BytesOfAStep(long neurons, int populations) => (2 * neurons) + (5L * populations) + 1;

    /// <param name="batches">Of all shards of this node, in order, of the same steps.</param>
    /// <param name="firstIds">By population: the first neuron of this node.</param>
    /// <returns>Number of spikes.</returns>
    public static int Write(FrameBuffer frame, SpikeBatch[] batches, int[] firstIds)
    {
        frame.Begin();
        int populations = batches[0].Populations;
        Span<long> next = stackalloc long[Math.Min(batches.Length, 256)];
        next = batches.Length > next.Length ? new long[batches.Length] : next;
        next.Clear();
        int all = 0;
        for (long c = 0; c < batches[0].Counts.Length; c++)
        {
            int count = 0;
            foreach (SpikeBatch batch in batches)
            {
                count += batch.Counts[c];
            }

            frame.AddNumber((uint)count);
            all += count;
            int last = firstIds[(int)(c % populations)] - 1;
            for (int s = 0; s < batches.Length; s++)
            {
                for (long end = next[s] + batches[s].Counts[c]; next[s] < end; next[s]++)
                {
                    int id = batches[s].Ids[next[s]];
                    frame.AddNumber((uint)(id - last - 1));
                    last = id;
                }
            }
        }

        foreach (SpikeBatch batch in batches)
        {
            frame.AddNumber((uint)batch.Values.Length);
            frame.AddBytes(batch.Values.Span);
        }

        return all;
    }

    /// <summary>Fills the batches of the sending node's shards.</summary>
    /// <param name="batches">In order.</param>
    /// <param name="slices">By population, then shard of the sender: the neurons that it has.</param>
    /// <param name="valueBytes">By shard of the sender: how many bytes of values it must bring.</param>
    /// <returns>False where the body contradicts itself or these.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, FrameHeader header, SpikeBatch[] batches, Partition[][] slices, long[] valueBytes)
    {
        BodyReader reader = new(body);
        foreach (SpikeBatch batch in batches)
        {
            batch.Begin(header.FirstStep);
        }

        long left = header.Count;
        for (int step = 0; step < header.Steps; step++)
        {
            foreach (Partition[] population in slices)
            {
                if (!reader.TryNumber(out int count) || (left -= count) < 0 || !TryReadIds(ref reader, count, batches, population))
                {
                    return false;
                }
            }
        }

        for (int s = 0; s < batches.Length; s++)
        {
            if (!reader.TryNumber(out int length) || length != valueBytes[s] || !reader.TryBytes(length, out ReadOnlySpan<byte> values))
            {
                return false;
            }

            AddValues(batches[s], values);
        }

        return left == 0 && reader.IsAtEnd;
    }

    private static bool TryReadIds(ref BodyReader reader, int count, SpikeBatch[] batches, Partition[] slices)
    {
        int shard = 0;
        int ofShard = 0;
        long id = slices[0].From - 1;
        for (; count > 0; count--)
        {
            if (!reader.TryNumber(out int distance) || (id += distance + 1L) >= slices[^1].To)
            {
                return false;
            }

            for (; id >= slices[shard].To; shard++)
            {
                batches[shard].Counts.Add(ofShard);
                ofShard = 0;
            }

            batches[shard].Ids.Add((int)id);
            ofShard++;
        }

        for (; shard < slices.Length; shard++)
        {
            batches[shard].Counts.Add(ofShard);
            ofShard = 0;
        }

        return true;
    }

    private static unsafe void AddValues(SpikeBatch batch, ReadOnlySpan<byte> values)
    {
        fixed (byte* bytes = values)
        {
            batch.Values.AddRange(bytes, values.Length);
        }
    }
}
