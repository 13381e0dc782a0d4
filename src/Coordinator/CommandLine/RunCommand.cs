using System.CommandLine;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>run FILE</c>: read, compile, build, run, report.</summary>
internal sealed class RunCommand
{
    private readonly NetworkOptions network = new();
    private readonly HostOptions host = new();
    private readonly Option<string?> outFolder = new("--out") { Description = "Folder for run.json and one NAME.npz per monitor.", HelpName = "DIR" };
    private readonly Option<string> backEnd = new("--backend") { Description = "cpu (vector code) or reference (interpreter).", HelpName = "cpu|reference", DefaultValueFactory = _ => "cpu" };

    private readonly Option<string?> checkpointEvery = new("--checkpoint-every")
    {
        Description = "Keeps a checkpoint in DIR, for resume: every 100ms of biological time, or every 30s on the clock.", HelpName = "TIME",
    };

    public static Command Define()
    {
        RunCommand run = new();
        Command command = new("run", "Runs a network file.") { run.outFolder, run.backEnd, run.checkpointEvery };
        run.host.AddTo(command);
        run.network.AddTo(command);
        command.SetAction(run.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using Interruption interruption = new();
        HostChoice choice = host.Choose(parsed);
        string? folder = parsed.GetValue(outFolder);
        RunRequest request = new(network.File(parsed), network.Settings(parsed), parsed.GetValue(backEnd) ?? "cpu", parsed.GetValue(checkpointEvery));
        if (request.CheckpointEvery is not null && folder is null)
        {
            throw new UserMistakeException(new Place("--checkpoint-every", 0, 0, ""), "needs --out DIR, where the checkpoint is kept.");
        }

        if (choice is { Profile: true, Quiet: true, Json: false } && folder is null)
        {
            throw new UserMistakeException(new Place("--profile", 0, 0, ""), "is printed nowhere with --quiet; leave that out, or give --json or --out DIR.");
        }

        if (folder is not null)
        {
            Results.Prepare(folder, request);
        }

        return new Execution(request, choice, folder).Run(checkpointPath: null, interruption.Token);
    }
}
