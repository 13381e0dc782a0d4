using System.Diagnostics;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;

namespace BrainSim.Node;

/// <summary>Adds up what the shards and threads of a run cost.</summary>
internal sealed class Bill
{
    /// <summary>Projections in shared rows that are named in their line.</summary>
    private const int MostNames = 4;

    private readonly NetworkSpec network;
    private readonly ShardRun[] shards;
    private readonly long firstStep;
    private readonly long[][] eventsBefore;
    private List<ProfileLine> lines = [];
    private double threadSeconds;
    private double bytes;

    /// <param name="shards">Before the first step; all have profiles.</param>
    public Bill(NetworkSpec network, ShardRun[] shards)
    {
        (this.network, this.shards, firstStep) = (network, shards, shards[0].Step);
        eventsBefore = [.. shards.Select(shard => shard.State.Arrivals.Select(arrival => arrival.Events).ToArray())];
    }

    private long Steps => shards[0].Step - firstStep;

    /// <param name="runSeconds">On the wall.</param>
    /// <param name="waitSeconds">By thread.</param>
    public RunProfile Add(double runSeconds, IReadOnlyList<double> waitSeconds, double copyGbPerSecond)
    {
        (lines, bytes, threadSeconds) = ([], 0, runSeconds * waitSeconds.Count);
        AddWork("input tables", null, StepWork.Inputs);
        AddCouplings();
        AddArrivals();
        AddPasses();
        AddWork("recording", null, StepWork.Recording);
        AddWork("exchange", null, StepWork.Exchange);
        for (int thread = 0; thread < waitSeconds.Count; thread++)
        {
            Add("waiting", $"thread {thread}", waitSeconds[thread]);
        }

        Add("rest", null, threadSeconds - Seconds(shards.Sum(s => s.Profile!.TotalTicks)) - waitSeconds.Sum());
        return new RunProfile(lines, runSeconds > 0 ? Math.Round(bytes / runSeconds / 1e9, 6) : 0, Math.Round(copyGbPerSecond, 2));
    }

    private void AddCouplings()
    {
        foreach (ProjectionSpec projection in network.Projections)
        {
            CouplingShard[] parts = [.. shards.SelectMany(s => s.State.Couplings).Where(c => c.Projection == projection.Index)];
            if (parts.Length > 0)
            {
                AddWork("coupling", projection.Name, StepWork.Couplings, projection.Index, "synapse and step", parts.Sum(c => c.Synapses) * Steps, parts.Sum(c => c.Synapses * c.BytesPerSynapse) * Steps);
            }
        }
    }

    /// <summary>A projection without synapses delivers nothing, and has no line.</summary>
    private void AddArrivals()
    {
        foreach (ProjectionSpec projection in network.Projections)
        {
            if (shards.Any(s => s.State.Arrivals[projection.Index].HasTable))
            {
                (long events, double read) = Events([projection.Index]);
                AddWork("delivery", projection.Name, StepWork.Arrivals, projection.Index, "event", events, read);
            }
        }

        int[] inRows = [.. network.Projections.Select(p => p.Index).Where(p => shards[0].State.Arrivals[p].IsInRows)];
        if (inRows.Length > 0)
        {
            (long events, double read) = Events(inRows);
            string[] names = [.. inRows.Select(p => network.Projections[p].Name)];
            AddWork("delivery", names.Length <= MostNames ? string.Join(", ", names) : $"{names[0]} and {names.Length - 1} others", StepWork.Rows, 0, "event", events, read);
        }
    }

    private (long Events, double Bytes) Events(int[] projections)
    {
        long events = 0;
        double read = 0;
        for (int s = 0; s < shards.Length; s++)
        {
            foreach (int projection in projections)
            {
                ArrivalTable arrival = shards[s].State.Arrivals[projection];
                long added = arrival.Events - eventsBefore[s][projection];
                events += added;
                read += (double)added * arrival.BytesPerEvent;
            }
        }

        return (events, read);
    }

    private void AddPasses()
    {
        foreach (PopulationSpec population in network.Populations)
        {
            long neuronSteps = population.Size * Steps;
            double moved = shards[0].State.Populations[population.Index].Passes.Sum(pass => pass.BytesPerNeuron);
            AddWork("neurons", population.Name, StepWork.Passes, population.Index, "neuron and step", neuronSteps, moved * neuronSteps);
        }
    }

    private void AddWork(string name, string? of, StepWork work, int index = 0, string? unit = null, long? count = null, double? moved = null) =>
        Add(name, of, Seconds(shards.Sum(s => s.Profile!.Ticks(work, index))), unit, count, moved);

    private void Add(string name, string? of, double seconds, string? unit = null, long? count = null, double? moved = null)
    {
        bytes += moved ?? 0;
        lines.Add(new ProfileLine(
            name, of, Math.Round(seconds, 6), threadSeconds > 0 ? Math.Round(seconds / threadSeconds, 4) : 0,
            count, unit, PerUnit(seconds * 1e9, count), PerUnit(moved, count)));
    }

    private static double? PerUnit(double? sum, long? count) => count > 0 && sum is { } all ? Math.Round(all / count.Value, 3) : null;

    private static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}
