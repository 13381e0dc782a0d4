using System.Diagnostics;
using System.Security.Cryptography;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;

namespace BrainSim.Tests.Coordinator;

/// <summary>A client that submits all the time, and again what is refused, until it is told to end.</summary>
internal sealed class Submitter : IAsyncDisposable
{
    /// <summary>Real time, since it is what a refusal lasts.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200), Again = TimeSpan.FromMilliseconds(20);

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
        using PeriodicTimer pace = new(Pace);
        for (int count = 0; !over.IsCancellationRequested; count++)
        {
            bool isLarge = (await Insist(() => client.Runs())).Count(run => !run.HasEnded && runs.GetValueOrDefault(run.Run) == large) < MostLarge;
            Network network = isLarge ? large : small;
            string hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(network.Path)));
            SubmitRequest request = new($"{count}", "", "net.yaml", new Dictionary<string, string> { ["net.yaml"] = hash }, network.Settings, network.Shards, 0);
            long start = Stopwatch.GetTimestamp();
            runs[(await Insist(() => client.Submit(request, new Dictionary<string, string> { ["net.yaml"] = network.Path }))).Run] = network;
            LongestRefusal = Stopwatch.GetElapsedTime(start) is var took && took > LongestRefusal ? took : LongestRefusal;
            begun.TrySetResult();
            await pace.WaitForNextTickAsync();
        }
    }

    /// <summary>Asks until there is an answer.</summary>
    private static async Task<T> Insist<T>(Func<Task<T>> ask)
    {
        using CancellationTokenSource late = new(Brainsim.Patience);
        using PeriodicTimer again = new(Again);
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (UserMistakeException) when (!late.IsCancellationRequested)
            {
                await again.WaitForNextTickAsync(late.Token);
            }
        }
    }
}
