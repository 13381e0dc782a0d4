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
internal sealed class SubmissionCheck(BlobFolder blobs, TimeProvider clock, ServiceLimits limits, ReadingTurns turns)
{
    private readonly Gate all = new(limits.MostSubmissions, "submissions");
    private readonly Gate sweeps = new(limits.MostSweeps, "submissions of sweeps");

    /// <returns>The submission, without the number that the run will get.</returns>
    /// <exception cref="ArgumentException">The request is out of its bounds.</exception>
    /// <exception cref="MissingBlobsException">Files must be put first.</exception>
    /// <exception cref="BusyException">As many are read, or wait for that, as may be.</exception>
    /// <exception cref="UserMistakeException">The network has mistakes; all of them.</exception>
    public async Task<Submission> Accept(SubmitRequest request)
    {
        CheckBounds(request);
        string[] missing = [.. request.Files.Values.Distinct().Where(sha256 => !blobs.Touch(sha256, clock.GetUtcNow()))];
        if (missing.Length > 0)
        {
            throw new MissingBlobsException(missing);
        }

        Gate gate = request.Sweep is null ? all : sweeps;
        gate.Enter();
        try
        {
            return await Read(request);
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task<Submission> Read(SubmitRequest request)
    {
        Submission submission = SubmissionOf(request);
        Dictionary<string, string> paths = blobs.PathsOf(submission.Network);
        string main = paths[request.Main];
        try
        {
            return request.Sweep is null
                ? await turns.Read(turns.Runs, paths, networks: 1, files => Compiled(submission, main, files))
                : await turns.Read(turns.Sweeps, paths, SweepPlans.Networks, files => Listed(submission, main, files));
        }
        catch (UserMistakeException problem)
        {
            throw new UserMistakeException([.. problem.Mistakes.Select(mistake => InNamesOf(paths, mistake))]);
        }
    }

    private Submission SubmissionOf(SubmitRequest request)
    {
        NetworkReference network = new() { Main = request.Main, Settings = { request.Settings } };
        network.Files.AddRange(request.Files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new NamedBlob { Path = f.Key, Sha256 = f.Value }));
        return new Submission
        {
            Key = request.Key, Name = request.Name, Network = network, Shards = request.Shards, Priority = request.Priority, SubmittedUnixMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Sweep = request.Sweep is { } sweep ? new SweepReference { Vary = { sweep.Vary }, Identity = SweepPlans.Identity } : null,
        };
    }

    private Submission Compiled(Submission submission, string main, NamedFiles files)
    {
        NetworkSpec network = NetworkReader.Read(main, files, submission.Network.Settings);
        limits.Check(network);
        CompiledNetwork compiled = CompiledNetwork.Of(network, share: 0);
        return Complete(submission, compiled, network.Steps, HostedMemory.Of(compiled));
    }

    /// <summary>All points are read, so that none is refused later for what can be seen now.</summary>
    private Submission Listed(Submission submission, string main, NamedFiles files)
    {
        SweepPlan plan = SweepPlans.Of(submission, main, files);
        limits.Check(plan.Network);
        CompiledNetwork compiled = CompiledNetwork.Of(plan.Network, share: 0);
        Complete(submission, compiled, SweepPlans.Count(plan, PointsOf(plan)), MemoryNeed.Of(compiled, MeasureMonitors.NeededBy(plan.Network)));
        submission.Need.DividedMemoryBytes = Bytes(HostedMemory.Of(compiled));
        return submission;
    }

    private ImmutableArray<SweepPoint> PointsOf(SweepPlan plan)
    {
        using CancellationTokenSource late = new(limits.PatienceForSweep, clock);
        try
        {
            return plan.Points(network =>
            {
                late.Token.ThrowIfCancellationRequested();
                limits.Check(network);
            });
        }
        catch (OperationCanceledException)
        {
            throw new UserMistakeException(
                new Place(plan.Network.Name, 0, 0, "sweep"), FormattableString.Invariant($"the points cannot be read within {limits.PatienceForSweep.TotalSeconds:0} s, the longest that this coordinator takes for it; take fewer points, or smaller arrays."));
        }
    }

    /// <summary>Whether one machine has the memory is for the placement to say: here it is not known which.</summary>
    private static Submission Complete(Submission submission, CompiledNetwork compiled, long steps, double bytes)
    {
        submission.Name = submission.Name.Length > 0 ? submission.Name : compiled.Network.Name;
        submission.Network.NetworkHash = compiled.Network.Hash;
        submission.Need = new RunNeed { Steps = steps, OperationsPerStep = compiled.CompileAll(), MemoryBytes = Bytes(bytes) };
        return submission;
    }

    private static long Bytes(double bytes) => (long)Math.Min(bytes, long.MaxValue / 2);

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
        Require(request.Sweep?.Vary.All(text => text is not null) != false, "vary must be texts path=values.");
        CheckTexts([.. request.Settings, .. request.Sweep?.Vary ?? []], request.Files.Keys);
        Require(Math.Abs((long)request.Priority) <= SubmitRequest.MostPriority, $"priority must be from -{SubmitRequest.MostPriority} to {SubmitRequest.MostPriority}.");
    }

    /// <summary>They are kept for as long as the run is known.</summary>
    /// <param name="changes">What is set and what is varied.</param>
    private static void CheckTexts(string[] changes, IEnumerable<string> names)
    {
        const int longest = SubmitRequest.LongestText, most = SubmitRequest.MostTexts;
        Require(changes.All(text => text.Length <= longest), $"a setting, or what is varied, may have at most {longest} characters; longer lists belong into the network file.");
        Require(changes.Concat(names).Sum(text => (long)text.Length) <= most, $"settings, what is varied and the names of files may have at most {most} characters together; longer ones belong into the network file.");
    }

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new ArgumentException(sentence);
        }
    }
}
