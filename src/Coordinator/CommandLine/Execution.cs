using System.Diagnostics;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Node;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Carries out a request from reading the file to the report: what <c>run</c> and <c>resume</c> have in common.</summary>
internal sealed class Execution(RunRequest request, HostChoice choice, string? folder)
{
    /// <param name="checkpointPath">Where to go on from; null to begin.</param>
    /// <returns>The exit code.</returns>
    public int Run(string? checkpointPath, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        NetworkSpec spec = NetworkReader.Read(request.File, request.Settings);
        Checkpoint? checkpoint = checkpointPath is null ? null : CheckpointFile.Read(checkpointPath, spec.Hash);
        CheckpointRhythm? rhythm = request.CheckpointEvery is null ? null : CheckpointRhythm.Read(request.CheckpointEvery, spec.Grid, checkpoint?.Step ?? 0, TimeProvider.System);
        CompiledNetwork compiled = CompiledNetwork.Of(spec, request.BackEnd);
        int? shortest = spec.Projections.IsEmpty ? null : spec.Projections.Min(p => p.Delay.Steps ?? 0);
        long operations = compiled.CompileAll() * compiled.WindowSteps(shortest);
        (int shards, int threads) = choice.For(operations);
        double compileSeconds = watch.Elapsed.TotalSeconds;
        using ChunkFolder? chunks = folder is null ? null : new ChunkFolder(Path.Combine(folder, Results.RecordingFolder), spec.Monitors.Length);
        IChunkStore recording = chunks is null ? new MemoryChunks(MeasureMonitors.NeededBy(spec)) : chunks;
        using LocalHost host = new(compiled, shards, threads, choice.Pin, choice.Profile, recording)
        {
            IsCheckpointDue = step => rhythm?.IsDue(step) ?? false,
            NextMeeting = _ => rhythm?.NextStep ?? long.MaxValue,
            KeepCheckpoint = taken =>
            {
                Results.KeepCheckpoint(folder!, chunks!, taken);
                rhythm?.Kept(taken.Step);
            },
        };
        host.Begin(checkpoint);
        NumericalFailureException? failure = Advance(host, spec, cancellation);
        if (rhythm is not null && failure is null && host.Step < spec.Steps)
        {
            host.KeepCheckpoint(host.TakeCheckpoint());
        }

        RunManifest manifest = Results.Describe(compiled, host, compileSeconds, failure);
        if (folder is not null)
        {
            Results.Write(folder, host, manifest, chunks!, goesOn: manifest.Interrupted && rhythm is not null);
        }

        Tell(manifest, spec);
        return manifest.Failure is not null ? Cli.UserMistake : manifest.Interrupted ? Cli.Interrupted : Cli.Done;
    }

    /// <returns>What ended the run early, other than the user.</returns>
    private NumericalFailureException? Advance(LocalHost host, NetworkSpec spec, CancellationToken cancellation)
    {
        try
        {
            ProgressLine.Follow(spec.Steps, !choice.Quiet && !choice.Json, progress => host.Run(progress, cancellation));
            return null;
        }
        catch (NumericalFailureException failure)
        {
            return failure;
        }
    }

    private void Tell(RunManifest manifest, NetworkSpec spec)
    {
        if (choice.Json)
        {
            Console.WriteLine(Results.Json(manifest));
        }
        else if (!choice.Quiet && manifest.Failure is null)
        {
            Report.Print(manifest, spec, folder);
        }

        if (manifest.Failure is { } failure)
        {
            Console.Error.WriteLine($"{failure}. {(folder is null ? "Give --out DIR to keep what is recorded up to there." : $"What was recorded up to there is in {folder}.")}");
        }
    }
}
