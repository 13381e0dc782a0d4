using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Threading.Channels;
using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BrainSim.Node.Hosting;

/// <summary>How a node is started.</summary>
/// <param name="Slots">Shards that it takes at once.</param>
/// <param name="Listen">Where other nodes reach it; port 0 chooses one.</param>
/// <param name="Token">Sent to the coordinator; null for none.</param>
public sealed record NodeOptions(Uri Coordinator, string? Token, int Slots, IPEndPoint Listen, string Version);

/// <summary>A node as a process: one thread owns the logic; this brings it what arrives, and does what it asks for.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    /// <summary>What waits for the thread; who brings more waits, and with it the connection that it comes from.</summary>
    private const int MostWaiting = 64;

    private const int MostUploads = 4;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100), PatienceToUpload = TimeSpan.FromSeconds(60);

    private readonly Channel<Action<NodeLogic>> mailbox = Channel.CreateBounded<Action<NodeLogic>>(MostWaiting);
    private readonly Bell news = new();
    private readonly MemoryBudget pointMemory = MemoryBudget.OfThisProcess();
    private readonly SemaphoreSlim uploads = new(MostUploads);
    private readonly CancellationTokenSource over = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication listener;
    private readonly WorkerCrew crew;
    private readonly CoordinatorFiles files;
    private readonly SpikeLinks links;
    private readonly ControlLine control;
    private readonly ILogger log;

    private NodeHost(NodeOptions options, WebApplication listener, Incoming incoming)
    {
        this.listener = listener;
        log = listener.Services.GetRequiredService<ILoggerFactory>().CreateLogger("BrainSim.Node");
        Address = listener.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Authority).First();
        crew = new WorkerCrew(Math.Min(options.Slots, Environment.ProcessorCount));
        files = new CoordinatorFiles(options.Coordinator, options.Token);
        links = new SpikeLinks(Address, Hear, log);
        incoming.Links = links;
        NodeLogic logic = new($"{Dns.GetHostName()}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}", Describe(options), files, () => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000), crew.Do);
        control = new ControlLine(options.Coordinator, options.Token, message => Post(l => l.Hear(message)), log);
        new Thread(() => Own(logic)) { IsBackground = true, Name = "node" }.Start();
    }

    /// <summary>Where other nodes reach it.</summary>
    public string Address { get; }

    /// <summary>Ends when the node is not needed any more, or with the defect that ended it.</summary>
    public Task Ended => ended.Task;

    /// <exception cref="UserMistakeException">The address cannot be listened to.</exception>
    public static async Task<NodeHost> Start(NodeOptions options, Action<ILoggingBuilder> logging)
    {
        Incoming incoming = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        logging(builder.Logging.ClearProviders());
        builder.Services.AddSingleton(incoming);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.Listen, endpoint => endpoint.UseConnectionHandler<Incoming>()));
        WebApplication listener = builder.Build();
        try
        {
            await listener.StartAsync();
            return new NodeHost(options, listener, incoming);
        }
        catch (IOException problem)
        {
            await listener.DisposeAsync();
            throw new UserMistakeException(new Place("--listen", 0, 0, options.Listen.ToString()), $"cannot be listened to: {problem.Message.TrimEnd('.')}; name another address or port.");
        }
    }

    /// <summary>Asks to go: what the node has is handed over, then it ends.</summary>
    public void Drain() => _ = Post(logic => logic.Drain()).AsTask();

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        news.Break();
        await control.DisposeAsync();
        await links.DisposeAsync();
        await listener.DisposeAsync();
        crew.Dispose();
        files.Dispose();
    }

    private NodeDescription Describe(NodeOptions options) => new()
    {
        Address = Address, Slots = options.Slots, Cores = Environment.ProcessorCount, MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        VectorBits = Engine.Kernels.Cpu.VectorWidth.Supported.First(), Version = options.Version,
    };

    private ValueTask Hear(ReceivedFrame frame) => Post(logic =>
    {
        FrameRefusal refusal = logic.Hear(frame.Bytes);
        frame.Return();
        if (refusal is FrameRefusal.WrongChecksum or FrameRefusal.Malformed)
        {
            SpikeLog.Refused(log, "a node", refusal);
        }
    });

    private async ValueTask Post(Action<NodeLogic> message)
    {
        await mailbox.Writer.WriteAsync(message, over.Token);
        news.Ring();
    }

    private void Own(NodeLogic logic)
    {
        try
        {
            using Timer ticker = new(_ => news.Ring(), null, TickEvery, TickEvery);
            long ticked = 0;
            while (!over.IsCancellationRequested && !ended.Task.IsCompleted)
            {
                long heard = news.Rings;
                bool moved = TakeIn(logic);
                moved |= logic.Work();
                if (Environment.TickCount64 - ticked >= TickEvery.TotalMilliseconds)
                {
                    ticked = Environment.TickCount64;
                    logic.Tick();
                }

                CarryOut(logic);
                if (!moved)
                {
                    news.Wait(heard);
                }
            }

            logic.Dispose();
        }
        catch (Exception defect)
        {
            ended.TrySetException(defect);
        }
    }

    private bool TakeIn(NodeLogic logic)
    {
        bool any = false;
        for (int left = MostWaiting; left > 0 && mailbox.Reader.TryRead(out Action<NodeLogic>? message); left--)
        {
            message(logic);
            CarryOut(logic);
            any = true;
        }

        return any;
    }

    private void CarryOut(NodeLogic logic)
    {
        foreach (NodeEffect effect in logic.TakeEffects())
        {
            switch (effect)
            {
                case Tell tell:
                    control.Tell(tell.Message);
                    break;
                case SendFrame send:
                    links.Send(send.Address, send.Frame.Span);
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
                case Exit:
                    ended.TrySetResult();
                    break;
                default:
                    throw new InvalidOperationException($"the node's shell does not know {effect.GetType().Name}.");
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
                late.CancelAfter(PatienceToUpload);
                why = await files.Put(upload.Key, upload.Bytes, late.Token);
                if (why is not null)
                {
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

    /// <summary>Takes the connections that other nodes open.</summary>
    private sealed class Incoming : ConnectionHandler
    {
        private readonly TaskCompletionSource<SpikeLinks> links = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SpikeLinks Links
        {
            set => links.SetResult(value);
        }

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            try
            {
                await (await links.Task).Serve(connection);
            }
            catch (Exception problem) when (problem is IOException or OperationCanceledException)
            {
                // The other node has gone, or this one ends.
            }
        }
    }
}

internal static partial class NodeLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "shard {Shard} of run {Run} at step {Step} is not kept: {Why}")]
    public static partial void NotKept(ILogger log, long run, long step, int shard, string why);
}
