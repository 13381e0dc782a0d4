using System.Collections.Immutable;
using System.Threading.Channels;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Operations;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node.Hosting;
using Google.Protobuf;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace BrainSim.Coordinator.Service;

/// <summary>The thread that owns the coordinator's logic: hands it what arrives, one after the other, and does what it asks for. Everything else is called from any thread.</summary>
internal sealed partial class CoordinatorLoop(DataFolder data, ReadingTurns turns, ResultFiles results, Board board, IHubContext<NodeHub> hub, TimeProvider clock, Totals totals, RunTraces traces, ILogger<CoordinatorLoop> log) : IDisposable
{
    /// <summary>What waits for the thread; who brings more waits itself.</summary>
    private const int MostWaiting = 4096;

    /// <summary>Taken from there before what they changed is shown, so that a thousand submissions at once are not shown a thousand times.</summary>
    private const int MostAtOnce = 64;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Action<CoordinatorLogic>> mailbox = Channel.CreateBounded<Action<CoordinatorLogic>>(MostWaiting);
    private readonly Dictionary<string, string> connections = [];
    private readonly long start = clock.GetTimestamp();
    private readonly List<Action> answers = [];
    private readonly Pulse pulse = new(clock);
    private readonly CancellationTokenSource ending = new();
    private Thread? owner;
    private ITimer? ticker;

    /// <summary>The thread still turns.</summary>
    public bool Lives => pulse.Beats;

    /// <summary>Messages that wait for the thread.</summary>
    public int Waiting => mailbox.Reader.Count;

    /// <summary>Takes up what the journal holds.</summary>
    public void Start()
    {
        data.Journal.Appended = Written;
        CoordinatorLogic logic = new(data.Journal, new ClusterSettings { Version = CommandLine.Results.Version }, Now, data.Parts.Recorded);
        Show(logic);
        owner = new Thread(() => Own(logic)) { IsBackground = true, Name = "coordinator" };
        owner.Start();
        ticker = clock.CreateTimer(_ => mailbox.Writer.TryWrite(l => l.Tick(Now)), null, TickEvery, TickEvery);
    }

    /// <summary>Ends when the submission is on the disk.</summary>
    /// <exception cref="StoreException">It could not be written.</exception>
    /// <exception cref="FullException">Too much has not ended.</exception>
    public Task<SubmitAnswer> Submit(Submission submission) => Ask(logic => new SubmitAnswer(logic.Submit(submission, Now), submission.Run != 0));

    /// <summary>The run of a key; null where none has it.</summary>
    public Task<long?> RunOf(string key) => Ask(logic => logic.RunOf(key));

    /// <exception cref="StoreException">It could not be written down now.</exception>
    public Task Cancel(long run) => Ask(logic => logic.Cancel(run));

    /// <summary>Ends when it is written down, and what is not kept any longer is gone.</summary>
    /// <exception cref="StoreException">It could not be written down now.</exception>
    public Task<bool> RemoveResults(long run, int afterDays, DateTimeOffset at) => Ask(logic => logic.RemoveResults(run, afterDays, at));

    /// <summary>What a node has to do with a part, as of now.</summary>
    public Task<PartClaim> ClaimOf(string node, PartKey key) => Ask(logic => logic.ClaimOf(node, key), isShown: false);

    /// <summary>All runs as the logic has them.</summary>
    public Task<Cluster.RunView[]> Runs() => Ask(logic => logic.Runs(Now).ToArray());

    public ValueTask Hear(DiskState disk) => mailbox.Writer.WriteAsync(logic => logic.Hear(disk));

    /// <param name="connection">Where the node is answered from now on.</param>
    public ValueTask Hear(string connection, ToCoordinator message) => mailbox.Writer.WriteAsync(logic =>
    {
        connections[message.Node] = connection;
        logic.Hear(message, Now);
    });

    /// <summary>Of a part that is on the disk.</summary>
    public ValueTask Hear(PartKept part)
    {
        totals.Kept(part.Key);
        return mailbox.Writer.WriteAsync(logic => logic.Hear(part, Now));
    }

    /// <summary>A connection has ended. What its node does is for its heartbeats to say.</summary>
    public void Forget(string connection) => mailbox.Writer.TryWrite(logic =>
    {
        foreach (string node in connections.Where(c => c.Value == connection).Select(c => c.Key).ToList())
        {
            connections.Remove(node);
        }
    });

    /// <summary>Returns when what has been taken is done, so that the journal can be closed.</summary>
    public void Dispose()
    {
        ticker?.Dispose();
        mailbox.Writer.TryComplete();
        ending.Cancel();
        owner?.Join();
    }

    private long Now => (long)clock.GetElapsedTime(start).TotalMilliseconds;

    /// <param name="isShown">The answer comes when what it says can be seen; else at once.</param>
    private async Task<T> Ask<T>(Func<CoordinatorLogic, T> question, bool isShown = true)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await mailbox.Writer.WriteAsync(logic => Answer(logic, question, answer, isShown));
        }
        catch (ChannelClosedException)
        {
            throw new StoreException("The coordinator is ending; ask again in some seconds.");
        }

        return await answer.Task;
    }

    private void Answer<T>(CoordinatorLogic logic, Func<CoordinatorLogic, T> question, TaskCompletionSource<T> answer, bool isShown)
    {
        try
        {
            T found = question(logic);
            if (isShown)
            {
                answers.Add(() => answer.SetResult(found));
            }
            else
            {
                answer.SetResult(found);
            }
        }
        catch (Exception problem) when (problem is StoreException or FullException)
        {
            answer.SetException(problem);
        }
    }

    /// <summary>A defect here ends the process: whoever watches it starts it again, and it goes on from the journal.</summary>
    private void Own(CoordinatorLogic logic)
    {
        long shown = Now;
        while (mailbox.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            for (int left = MostAtOnce; left > 0 && mailbox.Reader.TryRead(out Action<CoordinatorLogic>? next); left--)
            {
                next(logic);
                CarryOut(logic);
                pulse.Beat();
            }

            if (answers.Count > 0 || Now - shown >= TickEvery.TotalMilliseconds)
            {
                Show(logic);
                shown = Now;
                answers.ForEach(answer => answer());
                answers.Clear();
            }
        }
    }

    private void CarryOut(CoordinatorLogic logic)
    {
        foreach (CoordinatorEffect effect in logic.TakeEffects())
        {
            switch (effect)
            {
                case TellNode tell when connections.TryGetValue(tell.Node, out string? connection):
                    _ = hub.Clients.Client(connection).SendAsync(Addresses.Hear, tell.Message.ToByteArray());
                    break;
                case TellNode:
                    break; // Not connected now: the logic says it again.
                case ForgetParts forget:
                    Forget(forget.Run, () => data.Parts.Forget(forget.Run, forget.Keep));
                    break;
                case Decision decision:
                    Decided(decision.Kind, decision.Run, decision.Node, decision.Text);
                    break;
                case ForgetRecorded forget:
                    Forget(forget.Epoch.Run, () => data.Parts.ForgetRecorded(forget.Epoch, forget.After));
                    break;
                case PlanSweep plan:
                    _ = Plan(plan.Submission);
                    break;
                case MeasurePoint measure:
                    _ = Measure(measure.Run);
                    break;
                default:
                    throw new InvalidOperationException($"the coordinator's shell does not know {effect.GetType().Name}.");
            }
        }
    }

    private Task Plan(Submission submission) => ForSweep(
        async () =>
        {
            Dictionary<string, string> paths = data.Blobs.PathsOf(submission.Network);
            (SweepPlan plan, ImmutableArray<SweepPoint> points) = await turns.Read(turns.Sweeps, paths, SweepPlans.Networks, files => List(submission, paths[submission.Network.Main], files));
            return logic => logic.Planned(submission.Run, plan, points, Now);
        },
        (logic, outcome, message) => logic.NotPlanned(submission.Run, outcome, message));

    /// <param name="run">A sweep's point.</param>
    private Task Measure(long run) => ForSweep(
        async () =>
        {
            PointResult result = await Task.Run(() => results.Measure(run));
            return logic => logic.Measured(run, result, Now);
        },
        (logic, _, message) => logic.NotMeasured(run, message, Now));

    /// <summary>Works for a sweep beside the logic, and tells it what came of that. What goes wrong with one sweep must not end the others.</summary>
    private async Task ForSweep(Func<Task<Action<CoordinatorLogic>>> work, Action<CoordinatorLogic, RunOutcome, string> failed)
    {
        try
        {
            await mailbox.Writer.WriteAsync(await work());
        }
        catch (OperationCanceledException)
        {
            // Nobody needs it any more.
        }
        catch (UserMistakeException mistake)
        {
            await mailbox.Writer.WriteAsync(logic => failed(logic, RunOutcome.Refused, mistake.Message));
        }
        catch (Exception defect) when (defect is not ChannelClosedException)
        {
            await mailbox.Writer.WriteAsync(logic => failed(logic, RunOutcome.FailedByDefect, defect.ToString()));
        }
    }

    /// <summary>Until the sweep has ended, or the coordinator ends.</summary>
    private (SweepPlan Plan, ImmutableArray<SweepPoint> Points) List(Submission submission, string path, NamedFiles files)
    {
        void StopWhereNobodyWaits()
        {
            if (ending.IsCancellationRequested || board.Now.Runs.GetValueOrDefault(submission.Run) is { HasEnded: true })
            {
                throw new OperationCanceledException();
            }
        }

        StopWhereNobodyWaits();
        SweepPlan plan = SweepPlans.Of(submission, path, files);
        return (plan.WithoutArrays(), plan.Points(_ => StopWhereNobodyWaits()));
    }

    /// <summary>What cannot be deleted now only takes room, until it is forgotten again.</summary>
    private void Forget(long run, Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            NotForgotten(run, problem.Message);
        }
    }

    /// <summary>Costs what the runs cost that have not ended, however many have.</summary>
    private void Show(CoordinatorLogic logic)
    {
        long now = Now;
        ImmutableSortedDictionary<long, Contracts.Api.RunView>.Builder views = board.Now.Runs.ToBuilder();
        Dictionary<string, Cluster.NodeView> nodes = logic.Nodes(now).ToDictionary(node => node.Node);
        IReadOnlyList<Cluster.RunView> news = logic.TakeNews(now);
        foreach (Cluster.RunView run in news)
        {
            views[run.Submission.Run] = Views.Of(run, nodes, views.GetValueOrDefault(run.Submission.Run));
        }

        totals.See(news, nodes.Values);
        traces.See(news.Select(run => views[run.Submission.Run]));
        board.Show(new Snapshot(views.ToImmutable(), [.. nodes.Values.Where(node => node.Description is not null).Select(node => Views.Of(node, news))]));
    }


    [LoggerMessage(Level = LogLevel.Warning, Message = "run {Run}: parts that are not needed cannot be deleted now: {Why}")]
    private partial void NotForgotten(long run, string why);

    private void Written(JournalRecord record)
    {
        totals.Wrote(record);
        Decided(Story.Word(record), SqliteRunStore.RunOf(record), "", Story.Tell(record));
    }

    /// <summary>One line for each decision.</summary>
    private void Decided(string decision, long run, string node, string what)
    {
        if (run > 0)
        {
            OfRun(run, what, decision);
        }
        else
        {
            OfNode(what, decision, node);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "run {Run}: {What:l} ({Decision:l})")]
    private partial void OfRun(long run, string what, string decision);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What:l} ({Decision:l}, {Node:l})")]
    private partial void OfNode(string what, string decision, string node);
}
