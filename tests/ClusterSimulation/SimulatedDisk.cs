using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using Google.Protobuf;
using Xunit;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>The coordinator's disk: a journal and parts of checkpoints. What was promised to last lasts; all else may go wrong.</summary>
/// <param name="random">Draws what goes wrong.</param>
internal sealed class SimulatedDisk(Random random) : IRunStore
{
    private readonly List<byte[]> journal = [];
    private readonly Dictionary<PartKey, byte[]> parts = [];

    /// <summary>Probability that a write fails.</summary>
    public double Faults { get; set; }

    public int FailedWrites { get; private set; }

    public IEnumerable<JournalRecord> Load() => [.. journal.Select(r => JournalRecord.Parser.ParseFrom(r))];

    public void Append(JournalRecord record)
    {
        bool fails = random.NextDouble() < Faults;
        if (!fails || random.Next(2) == 0)
        {
            // A record that failed may have reached the disk after all, in its place, which shows after a crash.
            journal.Add(record.ToByteArray());
        }

        if (fails)
        {
            FailedWrites++;
            throw new StoreException("the disk does not answer");
        }
    }

    /// <returns>False where the write failed, or was cut short.</returns>
    public bool Write(PartKey key, byte[] bytes)
    {
        bool fails = random.NextDouble() < Faults;
        FailedWrites += fails ? 1 : 0;
        if (key.IsRecorded)
        {
            return WriteRecorded(key, bytes, fails);
        }

        if (!fails || !parts.ContainsKey(key))
        {
            parts[key] = fails ? bytes[..random.Next(bytes.Length)] : bytes;
        }

        return !fails;
    }

    /// <summary>What an epoch recorded.</summary>
    public IEnumerable<PartKey> Recorded(RunEpoch epoch) => parts.Keys.Where(key => key.IsRecorded && key.Epoch.Equals(epoch));

    public byte[]? Read(PartKey key) => parts.GetValueOrDefault(key);

    /// <summary>One bit of one part turns over.</summary>
    public void Rot(Func<PartKey, bool> may)
    {
        PartKey[] keys = [.. parts.Keys.Where(may)];
        if (keys.Length > 0)
        {
            PartKey key = keys[random.Next(keys.Length)];
            byte[] rotten = [.. parts[key], 0];
            rotten[random.Next(rotten.Length)] ^= (byte)(1 << random.Next(8));
            parts[key] = rotten;
        }
    }

    /// <summary>Deletes all that the effect allows.</summary>
    public void Forget(ForgetParts forget)
    {
        foreach (PartKey key in parts.Keys.Where(k => k.Epoch.Run == forget.Run && (forget.Keep is not { } keep || (!k.IsRecorded && IsOld(k, keep)))).ToList())
        {
            parts.Remove(key);
        }
    }

    public void Forget(ForgetRecorded older)
    {
        foreach (PartKey key in parts.Keys.Where(k => k.IsRecorded && k.Epoch.Run == older.Epoch.Run && k.Epoch.Epoch < older.Epoch.Epoch && k.Step > older.After).ToList())
        {
            parts.Remove(key);
        }
    }

    /// <summary>Has its name as a whole or not at all; a write that failed may have ended well all the same.</summary>
    private bool WriteRecorded(PartKey key, byte[] bytes, bool fails)
    {
        Assert.True(!parts.TryGetValue(key, out byte[]? known) || known.AsSpan().SequenceEqual(bytes), $"{key} has two contents");
        if (!fails || random.Next(2) == 0)
        {
            parts[key] = bytes;
        }

        return !fails;
    }

    private static bool IsOld(PartKey key, CheckpointReference keep) =>
        !keep.Parts.Any(p => p.Key.Equals(key)) && (key.Epoch.Epoch < keep.Epoch.Epoch || key.Step < keep.Step);
}
