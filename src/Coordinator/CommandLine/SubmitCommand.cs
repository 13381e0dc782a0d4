using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>submit FILE</c>: hands a network to a coordinator, with the files that it names.</summary>
internal sealed class SubmitCommand
{
    private readonly NetworkOptions network = new();
    private readonly ClusterOptions cluster = new();
    private readonly Option<bool> wait = new("--wait") { Description = "Follows the run to its end; the exit code is then the run's." };
    private readonly Option<string> name = new("--name") { Description = "For the list of runs; default: the network's name.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private readonly Option<string?> shards = new("--shards") { Description = "Parts to split the network into; default: as many as are worth it. Results do not depend on it.", HelpName = "N" };
    private readonly Option<string?> priority = new("--priority") { Description = "Runs of higher priority go first; default 0.", HelpName = "N" };

    public static Command Define()
    {
        SubmitCommand submit = new();
        Command command = new("submit", "Submits a network file to a coordinator.") { submit.wait, submit.name, submit.shards, submit.priority };
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
        Dictionary<string, string> paths = FilesOf(main, settings);
        Dictionary<string, string> hashes = paths.ToDictionary(file => file.Key, file => HashOf(file.Value));
        string key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using CoordinatorClient client = cluster.Client(parsed);
        client.Tell = Console.Error.WriteLine;
        SubmitAnswer answer = await client.Submit(new SubmitRequest(key, parsed.GetRequiredValue(name), main, hashes, settings, parts, urgency), paths);
        Console.WriteLine($"run {answer.Run}");
        return parsed.GetValue(wait) ? RunText.ExitCode(await RunText.Follow(client, answer.Run)) : Cli.Done;
    }

    /// <summary>The network file and all that it names, read as the coordinator will read it, so that most mistakes are found before anything is sent.</summary>
    private static Dictionary<string, string> FilesOf(string main, string[] settings)
    {
        NamedFiles files = NetworkReader.FilesBeside(main);
        NetworkReader.Read(main, files, settings);
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
