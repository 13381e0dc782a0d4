using System.Collections.Immutable;
using System.Threading.Channels;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using Google.Protobuf;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace BrainSim.Coordinator.Service;

/// <summary>The thread that owns the coordinator's logic: hands it what arrives, one after the other, and does what it asks for. Everything else is called from any thread.</summary>
internal sealed partial class CoordinatorLoop(DataFolder data, Board board, IHubContext<NodeHub> hub, TimeProvider clock, ILogger<CoordinatorLoop> log) : IDisposable
{
    /// <summary>What waits for the thread; who brings more waits itself.</summary>
    private const int MostWaiting = 4096;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Action<CoordinatorLogic>> mailbox = Channel.CreateBounded<Action<CoordinatorLogic>>(MostWaiting);
    private readonly Dictionary<string, string> connections = [];
    private readonly long start = clock.GetTimestamp();
    private ITimer? ticker;

    public bool IsReady { get; private set; }

    /// <summary>Takes up what the journal holds.</summary>
    public void Start()
    {
        data.Journal.Appended = record => Decided(SqliteRunStore.RunOf(record), Story.Tell(record));
        CoordinatorLogic logic = new(data.Journal, new ClusterSettings(), Now, data.Parts.Recorded);
        Show(logic);
        new Thread(() => Own(logic)) { IsBackground = true, Name = "coordinator" }.Start();
        ticker = clock.CreateTimer(_ => mailbox.Writer.TryWrite(l => l.Tick(Now)), null, TickEvery, TickEvery);
        IsReady = true;
    }

    /// <summary>Ends when the submission is on the disk.</summary>
    /// <exception cref="StoreException">It could not be written.</exception>
    public Task<SubmitAnswer> Submit(Submission submission) => Ask(logic => new SubmitAnswer(logic.Submit(submission, Now), submission.Run != 0));

    /// <exception cref="StoreException">It could not be written down now.</exception>
    public Task Cancel(long run) => Ask(logic => logic.Cancel(run));

    /// <param name="connection">Where the node is answered from now on.</param>
    public ValueTask Hear(string connection, ToCoordinator message) => mailbox.Writer.WriteAsync(logic =>
    {
        connections[message.Node] = connection;
        logic.Hear(message, Now);
    });

    /// <summary>Of a part that is on the disk.</summary>
    public ValueTask Hear(PartKept part) => mailbox.Writer.WriteAsync(logic => logic.Hear(part, Now));

    /// <summary>A connection has ended. What its node does is for its heartbeats to say.</summary>
    public void Forget(string connection) => mailbox.Writer.TryWrite(logic =>
    {
        foreach (string node in connections.Where(c => c.Value == connection).Select(c => c.Key).ToList())
        {
            connections.Remove(node);
        }
    });

    public void Dispose()
    {
        ticker?.Dispose();
        mailbox.Writer.TryComplete();
    }

    private long Now => (long)clock.GetElapsedTime(start).TotalMilliseconds;

    private async Task<T> Ask<T>(Func<CoordinatorLogic, T> question)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await mailbox.Writer.WriteAsync(logic =>
        {
            try
            {
                T found = question(logic);
                Show(logic);
                answer.SetResult(found);
            }
            catch (StoreException problem)
            {
                answer.SetException(problem);
            }
        });
        return await answer.Task;
    }

    /// <summary>A defect here ends the process: whoever watches it starts it again, and it goes on from the journal.</summary>
    private void Own(CoordinatorLogic logic)
    {
        long shown = Now;
        while (mailbox.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (mailbox.Reader.TryRead(out Action<CoordinatorLogic>? next))
            {
                next(logic);
                CarryOut(logic);
                if (Now - shown >= TickEvery.TotalMilliseconds)
                {
                    Show(logic);
                    shown = Now;
                }
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
                    data.Parts.Forget(forget.Run, forget.Keep);
                    break;
                case ForgetRecorded forget:
                    data.Parts.ForgetRecorded(forget.Epoch, forget.After);
                    break;
                case PlanSweep plan:
                    _ = Task.Run(() => Plan(plan.Submission));
                    break;
                default:
                    throw new InvalidOperationException($"the coordinator's shell does not know {effect.GetType().Name}.");
            }
        }
    }

    /// <summary>What goes wrong with one sweep must not end the others.</summary>
    private async Task Plan(Submission submission)
    {
        long run = submission.Run;
        try
        {
            (SweepPlan plan, ImmutableArray<SweepPoint> points) = SweepPlans.Of(submission, data.Blobs);
            await mailbox.Writer.WriteAsync(logic => logic.Planned(run, plan, points, Now));
        }
        catch (UserMistakeException mistake)
        {
            await mailbox.Writer.WriteAsync(logic => logic.NotPlanned(run, RunOutcome.Refused, mistake.Message));
        }
        catch (Exception defect) when (defect is not ChannelClosedException)
        {
            await mailbox.Writer.WriteAsync(logic => logic.NotPlanned(run, RunOutcome.FailedByDefect, defect.ToString()));
        }
    }

    private void Show(CoordinatorLogic logic)
    {
        long now = Now;
        Snapshot before = board.Now;
        Dictionary<string, Cluster.NodeView> nodes = logic.Nodes(now).ToDictionary(node => node.Node);
        Cluster.RunView[] runs = [.. logic.Runs(now)];
        ImmutableSortedDictionary<long, Contracts.Api.RunView> views = runs.ToImmutableSortedDictionary(
            run => run.Submission.Run, run => Views.Of(run, nodes, before.Runs.GetValueOrDefault(run.Submission.Run)));
        board.Show(new Snapshot(views, [.. nodes.Values.Where(node => node.Description is not null).Select(node => Views.Of(node, runs))]));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "run {Run}: {What}")]
    private partial void Decided(long run, string what);
}
