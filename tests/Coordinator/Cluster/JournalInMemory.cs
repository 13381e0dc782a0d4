using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;

namespace BrainSim.Tests.Coordinator.Cluster;

/// <summary>A journal whose disk never fails.</summary>
internal sealed class JournalInMemory : IRunStore
{
    private readonly List<JournalRecord> records = [];

    public IEnumerable<JournalRecord> Load() => [.. records];

    public void Append(JournalRecord record) => records.Add(record.Clone());
}
