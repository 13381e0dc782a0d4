using System.Collections.Immutable;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.Service;

/// <summary>Reads and compiles what is submitted, as <c>check</c> does, so that no run with a mistake is ever accepted; finds what it will need. Any thread may use it.</summary>
internal sealed class SubmissionCheck(BlobFolder blobs, TimeProvider clock, ServiceLimits limits)
{
    /// <summary>Networks that are compiled at the same time; more only take memory from each other.</summary>
    private readonly SemaphoreSlim turns = new(Environment.ProcessorCount);

    /// <returns>The submission, without the number that the run will get.</returns>
    /// <exception cref="ArgumentException">The request is out of its bounds.</exception>
    /// <exception cref="MissingBlobsException">Files must be put first.</exception>
    /// <exception cref="UserMistakeException">The network has mistakes; all of them.</exception>
    public async Task<Submission> Accept(SubmitRequest request, CancellationToken cancellation)
    {
        CheckBounds(request);
        string[] missing = [.. request.Files.Values.Distinct().Where(sha256 => !blobs.Touch(sha256, clock.GetUtcNow()))];
        if (missing.Length > 0)
        {
            throw new MissingBlobsException(missing);
        }

        await turns.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Compile(request), cancellation);
        }
        finally
        {
            turns.Release();
        }
    }

    private Submission Compile(SubmitRequest request)
    {
        Dictionary<string, string> paths = request.Files.ToDictionary(file => file.Key, file => blobs.PathOf(file.Value));
        try
        {
            NetworkReference reference = new() { Main = request.Main };
            reference.Files.AddRange(request.Files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new NamedBlob { Path = f.Key, Sha256 = f.Value }));
            reference.Settings.AddRange(request.Settings);
            if (request.Sweep is { } sweep)
            {
                return Sweep(request, reference, sweep);
            }

            NetworkSpec network = NetworkReader.Read(paths[request.Main], NamedFiles.Only(paths), request.Settings);
            limits.Check(network);
            reference.NetworkHash = network.Hash;
            return new Submission
            {
                Key = request.Key, Name = request.Name.Length > 0 ? request.Name : network.Name, Network = reference, Shards = request.Shards, Priority = request.Priority,
                Need = NeedOf(network), SubmittedUnixMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            };
        }
        catch (UserMistakeException problem)
        {
            throw new UserMistakeException([.. problem.Mistakes.Select(mistake => InNamesOf(paths, mistake))]);
        }
    }

    /// <summary>All points are read, so that none is refused later for what can be seen now.</summary>
    private Submission Sweep(SubmitRequest request, NetworkReference reference, SweepRequest sweep)
    {
        Submission submission = new()
        {
            Key = request.Key, Network = reference, Shards = request.Shards, Priority = request.Priority, SubmittedUnixMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Sweep = new SweepReference { Vary = { sweep.Vary }, Identity = SweepPlans.Identity },
        };
        (SweepPlan plan, ImmutableArray<SweepPoint> points) = SweepPlans.Of(submission, blobs);
        CompiledNetwork compiled = CompiledNetwork.Of(plan.Network, share: 0);
        submission.Name = request.Name.Length > 0 ? request.Name : plan.Network.Name;
        reference.NetworkHash = plan.Network.Hash;
        double bytes = MemoryNeed.Of(compiled, MeasureMonitors.NeededBy(plan.Network));
        submission.Need = new RunNeed { Steps = SweepPlans.Count(plan, points), OperationsPerStep = compiled.CompileAll(), MemoryBytes = (long)Math.Min(bytes, long.MaxValue / 2) };
        return submission;
    }

    /// <summary>Whether one machine has the memory is for the placement to say: here it is not known which.</summary>
    private static RunNeed NeedOf(NetworkSpec network)
    {
        CompiledNetwork compiled = CompiledNetwork.Of(network, share: 0);
        double bytes = HostedMemory.Of(compiled);
        return new RunNeed { Steps = network.Steps, OperationsPerStep = compiled.CompileAll(), MemoryBytes = (long)Math.Min(bytes, long.MaxValue / 2) };
    }

    /// <summary>The user knows files by the names in the network file.</summary>
    private static Mistake InNamesOf(Dictionary<string, string> paths, Mistake mistake)
    {
        string InNames(string text) => paths.Aggregate(text, (changed, file) => changed.Replace(file.Value, file.Key, StringComparison.Ordinal));
        return new Mistake(mistake.Place with { File = InNames(mistake.Place.File) }, InNames(mistake.Message));
    }

    private static void CheckBounds(SubmitRequest request)
    {
        const int most = SubmitRequest.MostCharacters;
        Require(request.Key.Length is >= 1 and <= most, $"key must have 1 to {most} characters.");
        Require(request.Name.Length <= most && !request.Name.Any(char.IsControl), $"name must have at most {most} characters, and no control characters.");
        Require(request.Files.ContainsKey(request.Main), "main must be the name of one of the files.");
        Require(request.Files.Count <= SubmitRequest.MostFiles, $"there may be at most {SubmitRequest.MostFiles} files.");
        Require(request.Files.Keys.All(name => name.Length is >= 1 and <= most), $"a file's name must have 1 to {most} characters.");
        Require(request.Files.Values.All(BlobFolder.IsName), "a file is named by the SHA-256 of its content: 64 hexadecimal digits with small letters.");
        Require(request.Settings.All(setting => setting is not null), "settings must be texts path=value.");
        Require(request.Settings.Count <= SubmitRequest.MostSettings, $"there may be at most {SubmitRequest.MostSettings} settings.");
        Require(request.Shards is >= 0 and <= SubmitRequest.MostShards, $"shards must be 0 (as many as are worth it) to {SubmitRequest.MostShards}.");
        Require(request.Sweep is not { Vary.Count: > SubmitRequest.MostSettings }, $"at most {SubmitRequest.MostSettings} parameters may be varied.");
        Require(Math.Abs((long)request.Priority) <= SubmitRequest.MostPriority, $"priority must be from -{SubmitRequest.MostPriority} to {SubmitRequest.MostPriority}.");
    }

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new ArgumentException(sentence);
        }
    }
}
