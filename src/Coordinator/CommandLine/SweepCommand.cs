using System.CommandLine;
using System.Diagnostics;
using BrainSim.Coordinator.Sweeps;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>sweep FILE</c>: all runs that a file asks for under <c>sweep:</c> or <c>optimize:</c>.</summary>
internal sealed class SweepCommand
{
    private readonly NetworkOptions network = new();
    private readonly Option<string[]> vary = new("--vary") { Description = "Varies a value of the file: --vary \"populations.E.params.tau=[10, 20]\". May be given several times.", HelpName = "path=values" };
    private readonly Option<string?> outFolder = new("--out") { Description = "Folder for points.csv, points.npz and the ledger, from which a sweep that was killed goes on.", HelpName = "DIR" };
    private readonly Option<string?> threads = new("--threads") { Description = "Threads that share the points; default: one per core. Results do not depend on it.", HelpName = "N" };
    private readonly Option<string> backEnd = new("--backend") { Description = "cpu (vector code) or reference (interpreter).", HelpName = "cpu|reference", DefaultValueFactory = _ => "cpu" };
    private readonly Option<bool> record = new("--record") { Description = "Keeps the recordings and run.json of every point, in DIR/points/NUMBER." };
    private readonly Option<string?> top = new("--top") { Description = "Lists the best so many points.", HelpName = "N" };
    private readonly Option<string?> by = new("--by") { Description = "What is best: a measure or a formula of measures, highest first.", HelpName = "MEASURE" };
    private readonly Option<bool> lowest = new("--lowest") { Description = "Lists the lowest first." };
    private readonly Option<bool> quiet = new("--quiet") { Description = "Prints nothing but mistakes." };

    public static Command Define()
    {
        SweepCommand sweep = new();
        Command command = new("sweep", "Runs a network file at many points: values of parameters, seeds, or a search.")
        {
            sweep.vary, sweep.outFolder, sweep.threads, sweep.backEnd, sweep.record, sweep.top, sweep.by, sweep.lowest, sweep.quiet,
        };
        sweep.network.AddTo(command);
        command.SetAction(sweep.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using Interruption interruption = new();
        long began = Stopwatch.GetTimestamp();
        RunRequest request = new(network.File(parsed), network.Settings(parsed), parsed.GetValue(backEnd) ?? "cpu", null);
        string? folder = parsed.GetValue(outFolder);
        if (parsed.GetValue(record) && folder is null)
        {
            throw new UserMistakeException(new Place("--record", 0, 0, ""), "needs --out DIR, where the recordings are kept.");
        }

        int cores = HostOptions.Count(parsed, threads) ?? Environment.ProcessorCount;
        SweepPlan plan = SweepPlan.Read(NetworkDocument.Load(request.File, request.Settings), parsed.GetValue(vary) ?? [], $"{Results.Version}|{request.Backend}");
        Ranking ranking = Ranking.Read(plan, HostOptions.Count(parsed, top), parsed.GetValue(by), parsed.GetValue(lowest));
        SweepExecution execution = new(plan, request.BackEnd, folder, parsed.GetValue(record)) { Quiet = parsed.GetValue(quiet) };
        PointTable table = execution.Run(cores, interruption.Token);
        if (!execution.Quiet)
        {
            new SweepReport(plan, table, ranking).Print(execution, Stopwatch.GetElapsedTime(began), folder);
        }

        return interruption.Token.IsCancellationRequested && !execution.IsDone ? Cli.Interrupted : Cli.Done;
    }
}
