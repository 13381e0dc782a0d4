using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node.Cluster;
using BrainSim.Node.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>How a node is started.</summary>
/// <param name="Slots">Shards that it takes at once.</param>
/// <param name="Listen">Where other nodes reach it, unless <see cref="Advertise"/> says otherwise; port 0 chooses one.</param>
/// <param name="Token">Asked before every request to the coordinator; null for none.</param>
public sealed record NodeOptions(Uri Coordinator, Func<string?>? Token, int Slots, IPEndPoint Listen, string Version)
{
    /// <summary>How spikes go between nodes; null for in clear.</summary>
    public LinkSecurity? Links { get; init; }

    /// <summary>Who certifies the coordinator; null for those that the system trusts.</summary>
    public TrustedAuthorities? Authorities { get; init; }

    /// <summary>Told what is wrong with files that took the place of good ones.</summary>
    public Action<string> Broken
    {
        set
        {
            Links?.Identity.Broken = value;
            Links?.Authorities.Broken = value;
            Authorities?.Broken = value;
        }
    }

    public CoordinatorAccess Access => new(Coordinator, Token ?? (() => null), Authorities, Links?.Identity);

    /// <summary>Where other nodes are told that they reach it; null for where it listens.</summary>
    public AdvertisedAddress? Advertise { get; init; }

    /// <summary>Where <see cref="HealthPages"/> are served; port 0 chooses one, null for nowhere.</summary>
    public IPEndPoint? Health { get; init; }

    /// <summary>Tells whether the node's thread is stuck.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>
/// A node as a process: brings its logic what arrives, and does what it asks for. Whoever brings something has the logic's turn where nobody else has it, and goes on with the
/// run at once: no thread needs to be woken for it. Thread-safe.
/// </summary>
public sealed class NodeHost : IAsyncDisposable
{
    /// <summary>What waits for its turn; who brings more waits, and with it the connection that it comes from.</summary>
    private const int MostWaiting = 64;

    private const int MostUploads = 4;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Action<NodeLogic>> mailbox = Channel.CreateBounded<Action<NodeLogic>>(MostWaiting);
    private readonly Lock turn = new();
    private readonly AutoResetEvent news = new(false);
    private readonly MemoryBudget pointMemory = MemoryBudget.OfThisProcess();
    private readonly SemaphoreSlim uploads = new(MostUploads);
    private readonly CancellationTokenSource over = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILoggerFactory logs;
    private readonly SpikeListener listener;
    private readonly WorkerCrew crew;
    private readonly WorkerCrew builders;
    private readonly CoordinatorFiles files;
    private readonly SpikeLinks links;
    private readonly OutgoingFrames outgoing = new();
    private readonly ControlLine control;
    private readonly NodeLogic logic;
    private readonly ILogger log;
    private readonly Thread owner;
    private long ticked;
    private readonly Pulse pulse;
    private WebApplication? health;
    private volatile bool draining;

    private NodeHost(NodeOptions options, ILoggerFactory logs)
    {
        this.logs = logs;
        log = logs.CreateLogger("BrainSim.Node");
        listener = new SpikeListener(options.Listen);
        Address = options.Advertise?.At(listener.Address.Port) ?? listener.Address.ToString();
        pulse = new Pulse(options.Clock);
        crew = new WorkerCrew(Math.Min(options.Slots, Environment.ProcessorCount));
        builders = new WorkerCrew(Math.Min(options.Slots, Environment.ProcessorCount));
        NodeName name = NodeName.Draw(Dns.GetHostName());
        CoordinatorAccess access = options.Access with { Node = name };
        files = new CoordinatorFiles(access);
        links = new SpikeLinks(Address, Hear, log, options.Links);
        logic = new(name.Text, Describe(options), files, () => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000), crew.Do, builders.Do);
        control = new ControlLine(access, message => Post(l => l.Hear(message)), log);
        options.Broken = problem => NodeLog.Broken(log, problem);
        _ = EndWithoutEntry(options.Coordinator);
        owner = new Thread(Own) { IsBackground = true, Name = "node" };
        owner.Start();
        listener.Begin(links.Serve);
    }

    /// <summary>Where other nodes reach it.</summary>
    public string Address { get; }

    /// <summary>Where its health is told; null where it is not.</summary>
    public Uri? Health => health is null ? null : HealthPages.AddressOf(health);

    /// <summary>Ends when the node is not needed any more, or with the defect that ended it.</summary>
    public Task Ended => ended.Task;

    /// <exception cref="UserMistakeException">The address cannot be listened to.</exception>
    public static async Task<NodeHost> Start(NodeOptions options, Action<ILoggingBuilder> logging)
    {
        ILoggerFactory logs = LoggerFactory.Create(builder => logging(builder.ClearProviders()));
        NodeHost node;
        try
        {
            node = new NodeHost(options, logs);
        }
        catch
        {
            logs.Dispose();
            throw;
        }

        if (options.Health is { } address)
        {
            await node.ServeHealth(address, logging);
        }

        return node;
    }

    /// <summary>Asks to go: what the node has is handed over, then it ends.</summary>
    public void Drain()
    {
        draining = true;
        _ = Post(logic => logic.Drain()).AsTask();
    }

    public async ValueTask DisposeAsync()
    {
        if (health is not null)
        {
            await health.DisposeAsync();
        }

        await over.CancelAsync();
        news.Set();
        owner.Join();
        await control.DisposeAsync();
        listener.Dispose();
        links.Dispose();
        crew.Dispose();
        builders.Dispose();
        files.Dispose();
        logs.Dispose();
    }

    private async Task ServeHealth(IPEndPoint address, Action<ILoggingBuilder> logging)
    {
        try
        {
            health = await HealthPages.Serve(address, Dead, () => draining ? "the node hands over what it has" : control.IsConnected ? Dead() : "the coordinator is not reached", logging);
        }
        catch (UserMistakeException)
        {
            await DisposeAsync();
            throw;
        }
    }

    private string? Dead() => pulse.Beats ? null : $"the node's thread has not turned for {Pulse.Patience.TotalSeconds:0} s";

    /// <summary>Whom the coordinator never let in does not wait for ever.</summary>
    private async Task EndWithoutEntry(Uri coordinator)
    {
        try
        {
            await control.Entry;
        }
        catch (NoEntryException problem)
        {
            ended.TrySetException(new UserMistakeException(new Place(coordinator.GetLeftPart(UriPartial.Authority), 0, 0, ""), problem.Message));
        }
    }

    private NodeDescription Describe(NodeOptions options) => new()
    {
        Address = Address, Slots = options.Slots, Cores = Environment.ProcessorCount, MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        VectorBits = Engine.Kernels.Cpu.VectorWidth.Supported.First(), Version = options.Version, Devices = { Devices.Seen() },
    };

    /// <summary>A frame of another node has come: the thread that has read it goes on with the run, or leaves it to who does so now.</summary>
    /// <param name="from">Where the other node is reached.</param>
    private void Hear(ReadOnlySpan<byte> frame, string from)
    {
        if (turn.TryEnter())
        {
            TakeTurn(frame, from);
            return;
        }

        int length = frame.Length;
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        frame.CopyTo(copy);
        void TakeCopy(NodeLogic _)
        {
            Take(copy.AsSpan(0, length), from);
            ArrayPool<byte>.Shared.Return(copy);
        }

        if (!mailbox.Writer.TryWrite(TakeCopy))
        {
            mailbox.Writer.WriteAsync(TakeCopy, over.Token).AsTask().GetAwaiter().GetResult();
        }

        if (turn.TryEnter())
        {
            TakeTurn(default, "");
        }
    }

    private void Take(ReadOnlySpan<byte> frame, string from)
    {
        FrameRefusal refusal = logic.Hear(frame, from);
        NodeMeter.Count(refusal);
        if (refusal is FrameRefusal.WrongChecksum or FrameRefusal.Malformed)
        {
            SpikeLog.Refused(log, "a node", refusal);
        }
    }

    private async ValueTask Post(Action<NodeLogic> message)
    {
        await mailbox.Writer.WriteAsync(message, over.Token);
        news.Set();
    }

    private bool IsOver => over.IsCancellationRequested || ended.Task.IsCompleted;

    /// <summary>Has its turn at least as often as the logic must look at the clock.</summary>
    private void Own()
    {
        while (!IsOver)
        {
            turn.Enter();
            TakeTurn(default, "");
            news.WaitOne(TickEvery);
        }

        lock (turn)
        {
            logic.Dispose();
        }
    }

    /// <summary>Called with the turn, which it gives back. Who comes meanwhile leaves a message; so the mailbox is looked into once more afterwards.</summary>
    /// <param name="frame">To be heard first; may be empty.</param>
    private void TakeTurn(ReadOnlySpan<byte> frame, string from)
    {
        do
        {
            try
            {
                GoOn(frame, from);
            }
            catch (Exception defect)
            {
                ended.TrySetException(defect);
            }
            finally
            {
                turn.Exit();
            }

            frame = default;
        }
        while (mailbox.Reader.Count > 0 && !IsOver && turn.TryEnter());
    }

    /// <summary>Goes on until nothing moves any more.</summary>
    private void GoOn(ReadOnlySpan<byte> frame, string from)
    {
        if (!frame.IsEmpty && !IsOver)
        {
            Take(frame, from);
        }

        bool moved = true;
        while (moved && !IsOver)
        {
            pulse.Beat();
            moved = TakeIn();
            moved |= logic.Work();
            if (Environment.TickCount64 - ticked >= TickEvery.TotalMilliseconds)
            {
                ticked = Environment.TickCount64;
                logic.Tick();
            }

            CarryOut();
        }
    }

    private bool TakeIn()
    {
        bool any = false;
        for (int left = MostWaiting; left > 0 && mailbox.Reader.TryRead(out Action<NodeLogic>? message); left--)
        {
            message(logic);
            CarryOut();
            any = true;
        }

        return any;
    }

    private void CarryOut()
    {
        IReadOnlyList<NodeEffect> effects = logic.TakeEffects();
        for (int e = 0; e < effects.Count; e++)
        {
            switch (effects[e])
            {
                case Tell tell:
                    control.Tell(NodeMeter.Weighed(tell.Message));
                    break;
                case SendFrame send:
                    links.Send(send.Address, outgoing.Join(send, effects, ref e));
                    break;
                case Upload upload:
                    _ = Put(upload);
                    break;
                case StartJob start:
                    new Thread(() => Build(start.Job)) { IsBackground = true, Name = "build" }.Start();
                    break;
                case StartPoint start:
                    new Thread(() => Compute(start.Job)) { IsBackground = true, Name = $"point {start.Job.Order.Index}" }.Start();
                    break;
                case KeepFiles keep:
                    files.Keep(keep.Sha256);
                    break;
                case Exit:
                    ended.TrySetResult();
                    break;
                default:
                    throw new InvalidOperationException($"the node's shell does not know {effects[e].GetType().Name}.");
            }
        }
    }

    private void Build(BuildJob job)
    {
        Exception? problem = null;
        try
        {
            job.Run();
        }
        catch (Exception thrown)
        {
            problem = thrown;
        }

        _ = Post(logic => logic.Finished(job, problem)).AsTask();
    }

    private void Compute(PointJob job)
    {
        PointOutcome? outcome = null;
        Exception? problem = null;
        try
        {
            outcome = job.Compute(pointMemory.Reserve);
        }
        catch (Exception thrown)
        {
            problem = thrown;
        }

        _ = Post(logic => logic.Finished(job, outcome, problem)).AsTask();
    }

    private async Task Put(Upload upload)
    {
        string? why;
        try
        {
            await uploads.WaitAsync(over.Token);
            try
            {
                using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
                late.CancelAfter(CoordinatorFiles.PatienceFor(upload.Bytes.Length));
                why = await files.Put(upload.Key, upload.Bytes, late.Token);
                if (why is not null)
                {
                    NodeMeter.NotKept.Add(1);
                    NodeLog.NotKept(log, upload.Key.Epoch.Run, upload.Key.Step, upload.Key.Shard, why);
                }
            }
            finally
            {
                uploads.Release();
            }

            await Post(logic => logic.Uploaded(upload.Key, why is null));
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }
}

internal static partial class NodeLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "shard {Shard} of run {Run} at step {Step} is not kept: {Why}")]
    public static partial void NotKept(ILogger log, long run, long step, int shard, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    public static partial void Broken(ILogger log, string problem);
}
