using System.Collections.Immutable;
using System.Threading.Channels;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Store;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace BrainSim.Coordinator.Service;

/// <summary>The thread that owns the coordinator's logic: hands it what arrives, one after the other, and does what it asks for. Everything else is called from any thread.</summary>
public sealed class CoordinatorLoop(DataFolder data, Board board) : IDisposable
{
    /// <summary>What waits for the thread; who brings more waits itself.</summary>
    private const int MostWaiting = 4096;

    private readonly Channel<Action> mailbox = Channel.CreateBounded<Action>(MostWaiting);
    private readonly SortedDictionary<long, RunView> runs = [];
    private readonly Dictionary<string, long> byKey = [];

    public bool IsReady { get; private set; }

    public void Start()
    {
        foreach (JournalRecord record in data.Journal.Load())
        {
            Apply(record);
        }

        Show();
        IsReady = true;
        new Thread(Run) { IsBackground = true, Name = "coordinator" }.Start();
    }

    /// <summary>Ends when the submission is on the disk.</summary>
    /// <exception cref="StoreException">It could not be written.</exception>
    public Task<SubmitAnswer> Submit(Submission submission) => Ask(() =>
    {
        if (byKey.TryGetValue(submission.Key, out long known))
        {
            return new SubmitAnswer(known, Submitted: false);
        }

        submission.Run = runs.Keys.LastOrDefault() + 1;
        Keep(new JournalRecord { Submitted = submission });
        return new SubmitAnswer(submission.Run, Submitted: true);
    });

    public Task Cancel(long run) => Ask(() =>
    {
        if (!runs[run].HasEnded)
        {
            Keep(new JournalRecord { Ended = new RunEnded { Run = run, Outcome = RunOutcome.Cancelled, Message = "cancelled by a user" } });
        }

        return true;
    });

    public ValueTask Hear(string connection, ToCoordinator message) => ValueTask.CompletedTask;

    public ValueTask Hear(PartKept part) => ValueTask.CompletedTask;

    public void Forget(string connection)
    {
    }

    public void Dispose() => mailbox.Writer.TryComplete();

    private async Task<T> Ask<T>(Func<T> question)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await mailbox.Writer.WriteAsync(() =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception problem)
            {
                answer.SetException(problem);
            }
        });
        return await answer.Task;
    }

    private void Run()
    {
        while (mailbox.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (mailbox.Reader.TryRead(out Action? next))
            {
                next();
            }
        }
    }

    private void Keep(JournalRecord record)
    {
        data.Journal.Append(record);
        Apply(record);
        Show();
    }

    private void Apply(JournalRecord record)
    {
        if (record.Submitted is { } submitted)
        {
            byKey[submitted.Key] = submitted.Run;
            runs[submitted.Run] = new RunView(
                submitted.Run, submitted.Name, RunState.Waiting, "no node is registered", "", 0, submitted.Need.Steps, 0, 0, [], submitted.Priority,
                DateTimeOffset.FromUnixTimeMilliseconds(submitted.SubmittedUnixMs), null);
        }
        else if (record.Ended is { } ended)
        {
            runs[ended.Run] = runs[ended.Run] with { State = RunState.Cancelled, Reason = ended.Message };
        }
    }

    private void Show() => board.Show(new Snapshot(runs.ToImmutableSortedDictionary(), []));
}
