using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>submit FILE</c>: hands a network to a coordinator, with the files that it names.</summary>
internal sealed class SubmitCommand
{
    private readonly NetworkOptions network = new();
    private readonly ClusterOptions cluster = new();
    private readonly Option<bool> wait = new("--wait") { Description = "Follows the run to its end; the exit code is then the run's." };
    private readonly Option<string> name = new("--name") { Description = "For the list of runs; default: the network's name.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private readonly Option<string?> shards = new("--shards") { Description = "Parts to split the network into; default: as many as are worth it. Of a sweep, threads of each point, default 1. Results do not depend on it.", HelpName = "N" };
    private readonly Option<string?> priority = new("--priority") { Description = "Runs of higher priority go first; default 0.", HelpName = "N" };

    private readonly Option<string[]> vary = new("--vary") { Description = "Varies a value of the file, as for sweep: --vary \"populations.E.params.tau=[10, 20]\". May be given several times.", HelpName = "path=values" };
    private readonly Option<bool> once = new("--once") { Description = "Runs a file that asks for many runs as it stands, once." };
    private readonly Option<bool> record = new("--record") { Description = "Of 'sweep' alone: a cluster keeps no recordings of points." };

    public static Command Define()
    {
        SubmitCommand submit = new();
        Command command = new("submit", "Submits a network file to a coordinator: one run, or all points that it asks for under sweep: or optimize:.")
        {
            submit.wait, submit.name, submit.shards, submit.priority, submit.vary, submit.once, submit.record,
        };
        submit.cluster.AddTo(command);
        submit.network.AddTo(command);
        command.SetAction(parsed => submit.Submit(parsed).GetAwaiter().GetResult());
        return command;
    }

    private async Task<int> Submit(ParseResult parsed)
    {
        string main = network.File(parsed);
        string[] settings = network.Settings(parsed);
        int parts = Number(parsed, shards, 1, SubmitRequest.MostShards, 0);
        int urgency = Number(parsed, priority, -SubmitRequest.MostPriority, SubmitRequest.MostPriority, 0);
        SweepRequest? sweep = Sweep(parsed, main, settings);
        Dictionary<string, string> paths = FilesOf(main, settings, sweep);
        Dictionary<string, string> hashes = paths.ToDictionary(file => file.Key, file => HashOf(file.Value));
        string key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using CoordinatorClient client = cluster.Client(parsed);
        client.Tell = Console.Error.WriteLine;
        SubmitAnswer answer = await client.Submit(new SubmitRequest(key, parsed.GetRequiredValue(name), main, hashes, settings, parts, urgency, sweep), paths);
        Console.WriteLine($"run {answer.Run}");
        return parsed.GetValue(wait) ? RunText.ExitCode(await RunText.Follow(client, answer.Run)) : Cli.Done;
    }

    /// <returns>Null where it is to be one run.</returns>
    private SweepRequest? Sweep(ParseResult parsed, string main, string[] settings)
    {
        string[] varied = parsed.GetValue(vary) ?? [];
        if (parsed.GetValue(record))
        {
            throw new UserMistakeException(new Place(record.Name, 0, 0, ""), "a cluster keeps no recordings of a sweep's points; run 'brainsim sweep FILE --record --out DIR' on one machine, or submit the point that you want to see by itself, with --set and --seed.");
        }

        if (parsed.GetValue(once))
        {
            return varied.Length == 0 ? null : throw new UserMistakeException(new Place(once.Name, 0, 0, ""), "is one run of the file as it stands; leave it out, or --vary.");
        }

        return varied.Length > 0 || NetworkDocument.Load(main, settings).Search is not null ? new SweepRequest(varied) : null;
    }

    /// <summary>The network file and all that it names, read as the coordinator will read it, so that most mistakes are found before anything is sent.</summary>
    private static Dictionary<string, string> FilesOf(string main, string[] settings, SweepRequest? sweep)
    {
        NamedFiles files = NetworkReader.FilesBeside(main);
        NetworkDocument document = NetworkDocument.Load(main, files, settings);
        if (sweep is null)
        {
            document.Read();
        }
        else
        {
            SweepPlan.Read(document, sweep.Vary).Points();
        }

        return new Dictionary<string, string>(files.Asked) { [main] = Path.GetFullPath(main) };
    }

    private static string HashOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static int Number(ParseResult parsed, Option<string?> option, int least, int most, int otherwise)
    {
        string? text = parsed.GetValue(option);
        return text is null ? otherwise
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number
            : throw new UserMistakeException(new Place(option.Name, 0, 0, ""), $"'{text}' does not fit; use a whole number from {least} to {most}.");
    }
}
