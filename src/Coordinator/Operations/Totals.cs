using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;

namespace BrainSim.Coordinator.Operations;

/// <summary>
/// What has been done since this coordinator started, counted as it is seen: what a failure made a run do again counts again. The coordinator's thread counts, any thread reads.
/// </summary>
internal sealed class Totals(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, Seen> seen = [];
    private readonly Dictionary<(long Run, int Epoch, long Step), long> begun = [];
    private readonly Dictionary<string, double> numbers = [];
    private readonly Dictionary<string, double> epochs = [];
    private readonly Dictionary<string, double> ends = [];
    private readonly Dictionary<(string Node, string Of), double> waited = [];
    private readonly Dictionary<string, double> stepped = [];
    private readonly HashSet<long> over = [];
    private bool isFirst = true;
    private Sample[] ages = [];
    private Sample[] used = [];

    public double Steps => Number(nameof(Steps));

    public double Points => Number(nameof(Points));

    public double Spikes => Number(nameof(Spikes));

    public double Checkpoints => Number(nameof(Checkpoints));

    public double CheckpointBytes => Number(nameof(CheckpointBytes));

    public double CheckpointSeconds => Number(nameof(CheckpointSeconds));

    public Sample[] Epochs => Read(() => epochs.Select(e => new Sample(e.Value, e.Key)));

    public Sample[] Ends => Read(() => ends.Select(e => new Sample(e.Value, e.Key)));

    public Sample[] Waited => Read(() => waited.Select(w => new Sample(w.Value, w.Key.Node, w.Key.Of)));

    public Sample[] Stepped => Read(() => stepped.Select(s => new Sample(s.Value, s.Key)));

    /// <summary>Seconds since the last checkpoint, by run.</summary>
    public Sample[] CheckpointAges => Read(() => ages);

    /// <summary>Bytes, by node.</summary>
    public Sample[] MemoryUsed => Read(() => used);

    /// <summary>Counts what has moved since the last look.</summary>
    public void See(IReadOnlyCollection<RunView> runs, IReadOnlyCollection<NodeView> nodes)
    {
        lock (gate)
        {
            RunView[] underWay = [.. runs.Where(run => run.State is RunState.Building or RunState.Running)];
            foreach (RunView run in runs.Where(run => !over.Contains(run.Submission.Run)))
            {
                See(run);
            }

            isFirst = false;
            ages = [.. underWay.Select(run => new Sample(run.CheckpointAge / 1000.0, Sample.Text(run.Submission.Run)))];
            used = [.. nodes.Where(node => node is { Description: not null, MemoryUsed: > 0 }).Select(node => new Sample(node.MemoryUsed, node.Description!.Address))];
            Forget([.. nodes.Select(node => node.Description?.Address ?? "")]);
        }
    }

    /// <summary>Counts a record that is on the disk.</summary>
    public void Wrote(JournalRecord record)
    {
        lock (gate)
        {
            switch (record.BodyCase)
            {
                case JournalRecord.BodyOneofCase.Begun:
                    Add(epochs, Word(record.Begun.Cause.ToString()), 1);
                    break;
                case JournalRecord.BodyOneofCase.Committed:
                    Count(record.Committed);
                    break;
                case JournalRecord.BodyOneofCase.Ended:
                    Add(ends, Word(record.Ended.Outcome.ToString()), 1);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The first part of a checkpoint is when its making began.</summary>
    public void Kept(PartKey part)
    {
        lock (gate)
        {
            if (!part.IsRecorded)
            {
                begun.TryAdd((part.Epoch.Run, part.Epoch.Epoch, part.Step), clock.GetTimestamp());
            }
        }
    }

    private void Count(CheckpointReference checkpoint)
    {
        Add(numbers, nameof(Checkpoints), 1);
        Add(numbers, nameof(CheckpointBytes), checkpoint.Parts.Sum(part => part.Bytes));
        if (begun.TryGetValue((checkpoint.Epoch.Run, checkpoint.Epoch.Epoch, checkpoint.Step), out long first))
        {
            Add(numbers, nameof(CheckpointSeconds), clock.GetElapsedTime(first).TotalSeconds);
        }

        foreach ((long Run, int, long Step) old in begun.Keys.Where(key => key.Run == checkpoint.Epoch.Run && key.Step <= checkpoint.Step).ToList())
        {
            begun.Remove(old);
        }
    }

    private void See(RunView run)
    {
        Seen now = new(run);
        Seen before = seen.TryGetValue(run.Submission.Run, out Seen? known) ? known : isFirst ? now : Seen.Nothing;
        if (run.End is null)
        {
            seen[run.Submission.Run] = now;
        }
        else
        {
            seen.Remove(run.Submission.Run);
            over.Add(run.Submission.Run);
            Forget(run.Submission.Run);
        }

        Add(numbers, run.Sweep is null ? nameof(Steps) : nameof(Points), Math.Max(0, now.Step - before.Step));
        Add(numbers, nameof(Spikes), now.Since(before, s => s.Spikes));
        foreach ((string Node, string Of) pair in now.Waited.Keys)
        {
            Add(waited, pair, now.Since(before, s => s.Waited.GetValueOrDefault(pair)));
        }

        foreach (string node in now.Stepped.Keys)
        {
            Add(stepped, node, now.Since(before, s => s.Stepped.GetValueOrDefault(node)));
        }
    }

    private void Forget(long run)
    {
        foreach ((long Run, int, long) old in begun.Keys.Where(key => key.Run == run).ToList())
        {
            begun.Remove(old);
        }
    }

    /// <summary>Nodes that are gone are counted no more, so that their number stays bounded.</summary>
    private void Forget(HashSet<string> present)
    {
        foreach (string gone in stepped.Keys.Where(node => !present.Contains(node)).ToList())
        {
            stepped.Remove(gone);
        }

        foreach ((string Node, string) gone in waited.Keys.Where(pair => !present.Contains(pair.Node)).ToList())
        {
            waited.Remove(gone);
        }
    }

    private double Number(string name)
    {
        lock (gate)
        {
            return numbers.GetValueOrDefault(name);
        }
    }

    private Sample[] Read(Func<IEnumerable<Sample>> read)
    {
        lock (gate)
        {
            return [.. read()];
        }
    }

    private static void Add<T>(Dictionary<T, double> to, T key, double number)
        where T : notnull => to[key] = to.GetValueOrDefault(key) + number;

    /// <summary>NodeLost is node_lost.</summary>
    private static string Word(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
