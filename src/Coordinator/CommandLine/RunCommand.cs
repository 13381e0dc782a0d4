using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Node;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>run FILE</c>: read, compile, build, run, report.</summary>
internal sealed class RunCommand
{
    /// <summary>Most threads, and most shards: more of one machine help nobody.</summary>
    private const int Most = 1024;

    private readonly NetworkOptions network = new();
    private readonly Option<string?> outFolder = new("--out") { Description = "Folder for run.json and one NAME.npz per monitor.", HelpName = "DIR" };
    private readonly Option<string?> threads = new("--threads") { Description = "Threads that share the work; default: one per core.", HelpName = "N" };
    private readonly Option<string?> shards = new("--shards") { Description = "Parts that the network is split into; default: one per thread. Results do not depend on it.", HelpName = "N" };
    private readonly Option<string> backEnd = new("--backend") { Description = "cpu (vector code) or reference (interpreter).", HelpName = "cpu|reference", DefaultValueFactory = _ => "cpu" };
    private readonly Option<bool> json = new("--json") { Description = "Prints run.json instead of a table." };
    private readonly Option<bool> quiet = new("--quiet") { Description = "Prints nothing but mistakes, and run.json where --json asks for it." };

    public static Command Define()
    {
        RunCommand run = new();
        Command command = new("run", "Runs a network file.") { run.outFolder, run.threads, run.shards, run.backEnd, run.json, run.quiet };
        run.network.AddTo(command);
        command.SetAction(run.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using Interruption interruption = new();
        BackEnd chosen = ChosenBackEnd(parsed);
        int threadCount = Count(parsed, threads) ?? Environment.ProcessorCount;
        int shardCount = Count(parsed, shards) ?? threadCount;
        string? folder = parsed.GetValue(outFolder);
        if (folder is not null)
        {
            Results.Prepare(folder);
        }

        NetworkSpec spec = network.Read(parsed);
        CompiledNetwork compiled = CompiledNetwork.Of(spec, chosen);
        compiled.CompileAll();
        double compileSeconds = watch.Elapsed.TotalSeconds;
        using LocalHost host = new(compiled, shardCount, threadCount);
        NumericalFailureException? failure = Advance(host, spec, interruption.Token, showProgress: !parsed.GetValue(quiet) && !parsed.GetValue(json));
        RunManifest manifest = Results.Describe(compiled, host, compileSeconds, failure);
        if (folder is not null)
        {
            Results.Write(folder, host, manifest);
        }

        Tell(parsed, manifest, spec, folder);
        return manifest.Failure is not null ? Cli.UserMistake : manifest.Interrupted ? Cli.Interrupted : Cli.Done;
    }

    private void Tell(ParseResult parsed, RunManifest manifest, NetworkSpec spec, string? folder)
    {
        if (parsed.GetValue(json))
        {
            Console.WriteLine(Results.Json(manifest));
        }
        else if (!parsed.GetValue(quiet) && manifest.Failure is null)
        {
            Report.Print(manifest, spec, folder);
        }

        if (manifest.Failure is { } failure)
        {
            Console.Error.WriteLine($"{failure}. {(folder is null ? "Give --out DIR to keep what is recorded up to there." : $"What was recorded up to there is in {folder}.")}");
        }
    }

    /// <returns>What ended the run early, other than the user.</returns>
    private static NumericalFailureException? Advance(LocalHost host, NetworkSpec spec, CancellationToken cancellation, bool showProgress)
    {
        try
        {
            ProgressLine.Follow(spec.Steps, showProgress, progress => host.Run(progress, cancellation));
            return null;
        }
        catch (NumericalFailureException failure)
        {
            return failure;
        }
    }

    private BackEnd ChosenBackEnd(ParseResult parsed) => parsed.GetValue(backEnd) switch
    {
        "cpu" or null => BackEnd.Cpu,
        "reference" => BackEnd.Reference,
        string other => throw new UserMistakeException(new Place("--backend", 0, 0, ""), $"'{other}' is no back end; use cpu or reference."),
    };

    private static int? Count(ParseResult parsed, Option<string?> option)
    {
        string? text = parsed.GetValue(option);
        return text is null ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= Most ? count
            : throw new UserMistakeException(new Place(option.Name, 0, 0, ""), $"'{text}' is no number of {option.Name.TrimStart('-')}; use 1 to {Most}.");
    }
}
