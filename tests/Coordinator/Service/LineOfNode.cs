using System.Threading.Channels;
using BrainSim.Contracts;
using BrainSim.Coordinator.CommandLine;
using BrainSim.Node.Hosting;
using BrainSim.Node.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>A node that says and puts what a test wants, by the ways of a real one.</summary>
internal sealed class LineOfNode : IAsyncDisposable
{
    private readonly Channel<ToNode> told = Channel.CreateUnbounded<ToNode>();
    private readonly ControlLine line;
    private readonly HttpClient http;
    private readonly Timer heartbeat;
    private HostedStatus[] has = [];
    private long sequence;

    /// <param name="proof">Null for a name of its own.</param>
    public LineOfNode(TestCluster cluster, NodeName? proof = null)
    {
        Proof = proof ?? NodeName.Draw("scripted");
        CoordinatorAccess access = new(new Uri(cluster.Address), () => null) { Node = Proof };
        line = new ControlLine(access, message => told.Writer.WriteAsync(message), NullLogger.Instance);
        http = new HttpClient(access.Handler(Brainsim.Patience)) { BaseAddress = new Uri(cluster.Address) };
        heartbeat = new Timer(_ => Speak(Name, "127.0.0.1:7"));
    }

    public NodeName Proof { get; }

    public string Name => Proof.Text;

    /// <summary>Says what it has, and again every second.</summary>
    public void Report(params HostedStatus[] now)
    {
        has = now;
        heartbeat.Change(TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    /// <summary>Says no more, and keeps its line.</summary>
    public ValueTask FallSilent() => heartbeat.DisposeAsync();

    /// <param name="name">As whom.</param>
    public void Speak(string name, string address) => line.Tell(new ToCoordinator
    {
        Node = name, Report = new() { Sequence = Environment.TickCount64 + Interlocked.Increment(ref sequence), Description = new() { Address = address, Slots = 1, MemoryBytes = 1 << 30, Version = Results.Version }, Runs = { has } },
    });

    /// <summary>The first message like this that comes from now on.</summary>
    public async Task<ToNode> Told(Func<ToNode, bool> isMeant)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        while (true)
        {
            ToNode message = await told.Reader.ReadAsync(cancellation).AsTask().WaitAsync(Brainsim.Patience, cancellation);
            if (isMeant(message))
            {
                return message;
            }
        }
    }

    public Task<HttpResponseMessage> Put(string part, byte content) => http.PutAsync($"cluster/v1/parts/{part}", new ByteArrayContent([content, content, content]), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> Get(string part) => http.GetAsync($"cluster/v1/parts/{part}", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await heartbeat.DisposeAsync();
        await line.DisposeAsync();
        http.Dispose();
    }
}
