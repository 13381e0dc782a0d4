using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Recording;

/// <summary>What the monitors of all shards recorded, put together as if there had been one shard. Not thread-safe.</summary>
public sealed class Recordings(NetworkSpec network, IReadOnlyList<ShardMonitors> shards)
{
    /// <summary>Spikes by population.</summary>
    public ImmutableArray<long> SpikeCounts =>
        [.. network.Populations.Select(p => shards.Sum(shard => shard.SpikeCounts[p.Index]))];

    /// <summary>Steps and global ids of a spike monitor, by step, then id.</summary>
    public (int[] Steps, int[] Ids) Spikes(string monitor) => SpikeRecord.Joined([.. Parts<SpikeRecord>(monitor).Select(p => (p.Steps.Span.ToArray(), p.Ids.Span.ToArray()))]);

    /// <summary>End times of the bins in ms and the population's rate in each, Hz.</summary>
    public (double[] Times, double[] Rates) Rate(string monitor)
    {
        MonitorSpec spec = Spec(monitor);
        RateRecord[] parts = Parts<RateRecord>(monitor);
        double seconds = network.Grid.ToMilliseconds(spec.EverySteps) / 1000;
        int size = parts[0].Size;
        int bins = parts[0].Counts.Count;
        return (
            [.. Enumerable.Range(1, bins).Select(bin => network.Grid.ToMilliseconds((long)bin * spec.EverySteps))],
            [.. Enumerable.Range(0, bins).Select(bin => parts.Sum(p => p.Counts[bin]) / (size * seconds))]);
    }

    /// <summary>Times of the rows in ms, and the rows of one variable, neuron by neuron, in float64.</summary>
    public (double[] Times, double[] Rows, int Width) Variable(string monitor, string variable)
    {
        (double[] times, byte[] rows, int width) = VariableBytes(monitor, Spec(monitor).Variables.IndexOf(variable));
        double[] wide = network.Precision == Precision.Float64
            ? MemoryMarshal.Cast<byte, double>(rows).ToArray()
            : Array.ConvertAll(MemoryMarshal.Cast<byte, float>(rows).ToArray(), x => (double)x);
        return (times, wide, width);
    }

    /// <summary>Writes <c>NAME.npz</c> for every monitor of the file.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (MonitorSpec monitor in network.Monitors.Where(m => !m.IsHidden))
        {
            using FileStream file = File.Create(Path.Combine(folder, $"{monitor.Name}.npz"));
            using NpzWriter writer = new(file);
            switch (monitor.Kind)
            {
                case MonitorKind.Spikes:
                    WriteSpikes(writer, monitor);
                    break;
                case MonitorKind.Rate:
                    (double[] binEnds, double[] rates) = Rate(monitor.Name);
                    writer.Add<double>("t", binEnds);
                    writer.Add<double>("rate", rates);
                    break;
                default:
                    WriteVariables(writer, monitor);
                    break;
            }
        }
    }

    private void WriteSpikes(NpzWriter writer, MonitorSpec monitor)
    {
        (int[] steps, int[] ids) = Spikes(monitor.Name);
        writer.Add<double>("t", Array.ConvertAll(steps, step => SpikeTime(step)));
        writer.Add<int>("id", ids);
    }

    private void WriteVariables(NpzWriter writer, MonitorSpec monitor)
    {
        for (int v = 0; v < monitor.Variables.Length; v++)
        {
            (double[] times, byte[] rows, int width) = VariableBytes(monitor.Name, v);
            if (v == 0)
            {
                writer.Add<double>("t", times);
                WriteIndex(writer, monitor, width);
            }

            if (network.Precision == Precision.Float64)
            {
                writer.Add(monitor.Variables[v], MemoryMarshal.Cast<byte, double>(rows), times.Length, width);
            }
            else
            {
                writer.Add(monitor.Variables[v], MemoryMarshal.Cast<byte, float>(rows), times.Length, width);
            }
        }
    }

    /// <summary>Which neuron, source or synapse each column is of; of a synapse its source and target too.</summary>
    private void WriteIndex(NpzWriter writer, MonitorSpec monitor, int width)
    {
        if (!monitor.Variables.Contains("index"))
        {
            writer.Add<int>("index", monitor.Ids ?? [.. Enumerable.Range(0, width)]);
        }

        if (Ends(monitor.Name) is { } ends)
        {
            writer.Add<int>("pre", Array.ConvertAll(ends, e => e.Pre));
            writer.Add<int>("post", Array.ConvertAll(ends, e => e.Post));
        }
    }

    /// <summary>Source and target of each recorded synapse; null for a monitor of other things.</summary>
    public (int Pre, int Post)[]? Ends(string monitor)
    {
        VariableRecord[] parts = Parts<VariableRecord>(monitor);
        if (parts[0].Ends is null)
        {
            return null;
        }

        (int Pre, int Post)[] all = new (int, int)[parts[0].Width];
        foreach (VariableRecord part in parts)
        {
            for (int j = 0; j < part.Places.Length; j++)
            {
                all[part.Places[j]] = part.Ends![j];
            }
        }

        return all;
    }

    /// <summary>In ms. A spike at time 0 was replayed before the first step.</summary>
    public double SpikeTime(long step) => network.Grid.ToMilliseconds(step + network.Schedule.SpikeTimeOffset);

    private (double[] Times, byte[] Rows, int Width) VariableBytes(string monitor, int variable)
    {
        VariableRecord[] parts = Parts<VariableRecord>(monitor);
        int offset = network.Schedule.IsBefore(Phase.Update, Phase.Observe) ? 1 : 0;
        return ([.. parts[0].Steps.Select(step => network.Grid.ToMilliseconds(step + offset))], VariableRecord.Joined([.. parts.Select(p => (p.Rows[variable].Span.ToArray(), p.Places))], parts[0].Steps.Count), parts[0].Width);
    }

    private MonitorSpec Spec(string monitor) => network.Monitors.First(m => m.Name == monitor);

    private T[] Parts<T>(string monitor)
    {
        int index = network.Monitors.IndexOf(Spec(monitor));
        return [.. shards.Select(shard => (T)shard.Records[index])];
    }
}
