using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Node;

namespace BrainSim.Tests.Invariance;

/// <summary>Everything that a run leaves behind: state hash, spikes, events of projections, rates, recorded rows and measures. Equal runs have equal ones; a difference is found by name.</summary>
internal sealed record Fingerprint(string StateHash, IReadOnlyDictionary<string, double[]> Recorded)
{
    public static Fingerprint Of(SerialRun run, NetworkSpec network) => Of(run.StateHash, run.Recordings, run.Shards, network);

    public static Fingerprint Of(LocalHost host, NetworkSpec network) => Of(host.StateHash, host.Recordings, host.Shards, network);

    public static Fingerprint Of(ShuffledHost host, NetworkSpec network) => Of(host.StateHash, host.Recordings, host.Shards, network);

    /// <summary>Null where both are the same.</summary>
    public string? DifferenceFrom(Fingerprint other)
    {
        foreach ((string name, double[] mine) in Recorded)
        {
            if (!mine.AsSpan().SequenceEqual(other.Recorded[name]))
            {
                return $"{name} differ";
            }
        }

        return StateHash == other.StateHash ? null : "the state hashes differ";
    }

    private static Fingerprint Of(string stateHash, Recordings recordings, IReadOnlyList<ShardRun> shards, NetworkSpec network)
    {
        Dictionary<string, double[]> recorded = new()
        {
            ["spike counts"] = [.. recordings.SpikeCounts.Select(n => (double)n)],
            ["events"] = [.. network.Projections.Select(p => (double)shards.Sum(s => s.State.Arrivals[p.Index].Events))],
        };
        foreach (MonitorSpec monitor in network.Monitors)
        {
            switch (monitor.Kind)
            {
                case MonitorKind.Spikes:
                    (int[] steps, int[] ids) = recordings.Spikes(monitor.Name);
                    recorded[$"{monitor.Name} steps"] = [.. steps.Select(s => (double)s)];
                    recorded[$"{monitor.Name} ids"] = [.. ids.Select(id => (double)id)];
                    break;
                case MonitorKind.Rate:
                    recorded[monitor.Name] = recordings.Rate(monitor.Name).Rates;
                    break;
                default:
                    foreach (string variable in monitor.Variables)
                    {
                        recorded[$"{monitor.Name} {variable}"] = recordings.Variable(monitor.Name, variable).Rows;
                    }

                    break;
            }
        }

        foreach (Measured measured in Measures.Of(network, recordings, network.Steps))
        {
            recorded[$"measure {measured.Measure.Name}"] = measured.Numbers ?? [measured.Number ?? double.NaN];
        }

        return new Fingerprint(stateHash, recorded);
    }
}
