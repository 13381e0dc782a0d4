using System.Diagnostics;
using System.Security.Cryptography;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;

namespace BrainSim.Tests.Coordinator;

/// <summary>A client that submits all the time until it is told to end. That a coordinator is away for a while, the client has to bear.</summary>
internal sealed class Submitter : IAsyncDisposable
{
    /// <summary>Real time, since it is what a refusal lasts.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    /// <summary>Large networks that are in the works at any time.</summary>
    private const int MostLarge = 2;

    private readonly CoordinatorClient client;
    private readonly Network small, large;
    private readonly CancellationTokenSource over = new();
    private readonly Dictionary<long, Network> runs = [];
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task work;

    public Submitter(CoordinatorClient client, Network small, Network large)
    {
        (this.client, this.small, this.large) = (client, small, large);
        work = Work();
    }

    /// <summary>What is submitted: a file, what is set in it, into how many shards, and the hash that a run of it must leave.</summary>
    public sealed record Network(string Path, string[] Settings, int Shards, string StateHash);

    /// <summary>Ends when the first submission is answered.</summary>
    public Task Begun => Task.WhenAny(begun.Task, work);

    /// <summary>From the first attempt of a submission to its answer.</summary>
    public TimeSpan LongestRefusal { get; private set; }

    /// <summary>Ends when nothing is under way any more.</summary>
    public async Task<IReadOnlyDictionary<long, Network>> End()
    {
        await over.CancelAsync();
        await work;
        return runs;
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        over.Dispose();
    }

    private async Task Work()
    {
        List<Task> inTheWorks = [];
        using PeriodicTimer pace = new(Pace);
        for (int count = 0; !over.IsCancellationRequested; count++)
        {
            inTheWorks.RemoveAll(run => run.IsCompletedSuccessfully);
            bool isLarge = inTheWorks.Count < MostLarge;
            Network network = isLarge ? large : small;
            string hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(network.Path)));
            SubmitRequest request = new($"{count}", "", "net.yaml", new Dictionary<string, string> { ["net.yaml"] = hash }, network.Settings, network.Shards, 0);
            long start = Stopwatch.GetTimestamp();
            long run = (await client.Submit(request, new Dictionary<string, string> { ["net.yaml"] = network.Path })).Run;
            LongestRefusal = Stopwatch.GetElapsedTime(start) is var took && took > LongestRefusal ? took : LongestRefusal;
            runs[run] = network;
            if (isLarge)
            {
                inTheWorks.Add(client.Follow(run, _ => { }));
            }

            begun.TrySetResult();
            await pace.WaitForNextTickAsync();
        }

        await Task.WhenAll(inTheWorks);
    }
}
