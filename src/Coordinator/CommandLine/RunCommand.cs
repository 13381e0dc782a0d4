using System.CommandLine;
using System.Diagnostics;
using BrainSim.Contracts;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using BrainSim.Node;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>run FILE</c>: read, compile, build, run, report.</summary>
internal sealed class RunCommand
{
    /// <summary>Most threads: more shards than this of one machine help nobody.</summary>
    private const int MostThreads = 1024;

    private readonly NetworkOptions network = new();
    private readonly Option<string?> outFolder = new("--out") { Description = "Folder for run.json and one NAME.npz per monitor.", HelpName = "DIR" };
    private readonly Option<int?> threads = new("--threads") { Description = "Threads, each with a shard of the network; default: one per core.", HelpName = "N" };
    private readonly Option<string> backEnd = new("--backend") { Description = "cpu (vector code) or reference (interpreter).", HelpName = "cpu|reference", DefaultValueFactory = _ => "cpu" };
    private readonly Option<bool> json = new("--json") { Description = "Prints run.json instead of a table." };
    private readonly Option<bool> quiet = new("--quiet") { Description = "Prints nothing but mistakes." };

    public static Command Define()
    {
        RunCommand run = new();
        Command command = new("run", "Runs a network file.") { run.outFolder, run.threads, run.backEnd, run.json, run.quiet };
        run.network.AddTo(command);
        command.SetAction(run.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        Stopwatch watch = Stopwatch.StartNew();
        BackEnd chosen = ChosenBackEnd(parsed);
        int threadCount = ChosenThreads(parsed);
        string? folder = parsed.GetValue(outFolder);
        if (folder is not null)
        {
            Results.Prepare(folder);
        }

        NetworkSpec spec = network.Read(parsed);
        CompiledNetwork compiled = CompiledNetwork.Of(spec, chosen);
        compiled.CompileAll();
        double compileSeconds = watch.Elapsed.TotalSeconds;
        using LocalHost host = new(compiled, threadCount);
        bool finished = Advance(host, spec, showProgress: !parsed.GetValue(quiet) && !parsed.GetValue(json));
        RunManifest manifest = Results.Describe(compiled, host, compileSeconds, interrupted: !finished);
        if (folder is not null)
        {
            Results.Write(folder, host, manifest);
        }

        Report.Print(manifest, spec, folder, parsed.GetValue(json), parsed.GetValue(quiet));
        return finished ? Cli.Done : Cli.Interrupted;
    }

    /// <returns>False when Ctrl-C ended the run early.</returns>
    private static bool Advance(LocalHost host, NetworkSpec spec, bool showProgress)
    {
        using CancellationTokenSource cancellation = new();
        void OnCancel(object? sender, ConsoleCancelEventArgs e)
        {
            e.Cancel = true;
            cancellation.Cancel();
        }

        Console.CancelKeyPress += OnCancel;
        try
        {
            ProgressLine.Follow(spec.Steps, showProgress, progress => host.Run(progress, cancellation.Token));
        }
        finally
        {
            Console.CancelKeyPress -= OnCancel;
        }

        return host.Step == spec.Steps;
    }

    private BackEnd ChosenBackEnd(ParseResult parsed) => parsed.GetValue(backEnd) switch
    {
        "cpu" => BackEnd.Cpu,
        "reference" => BackEnd.Reference,
        string other => throw new UserMistakeException(new Place("--backend", 0, 0, ""), $"'{other}' is no back end; use cpu or reference"),
        null => BackEnd.Cpu,
    };

    private int ChosenThreads(ParseResult parsed) => parsed.GetValue(threads) switch
    {
        null => Environment.ProcessorCount,
        >= 1 and <= MostThreads and int count => count,
        int other => throw new UserMistakeException(new Place("--threads", 0, 0, ""), $"{other} is no number of threads; use 1 to {MostThreads}"),
    };
}
