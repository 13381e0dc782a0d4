using System.CommandLine;
using System.Globalization;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>The commands that only ask a coordinator: <c>runs</c>, <c>show</c>, <c>logs</c>, <c>results</c>, <c>cancel</c>, <c>nodes</c>.</summary>
internal static class ClusterCommands
{
    public static IEnumerable<Command> Define()
    {
        yield return Command("runs", "Lists the runs of a coordinator.", null, (client, _) => Runs(client));
        yield return Command("show", "Shows a run, live on a terminal.", ClusterOptions.Run(), Show);
        yield return Command("logs", "Tells a run's story.", ClusterOptions.Run(), Logs);
        yield return Command("cancel", "Ends a run.", ClusterOptions.Run(), Cancel);
        yield return Command("nodes", "Lists the nodes of a coordinator.", null, (client, _) => Nodes(client));
        yield return Results();
    }

    private static Command Command(string name, string description, Argument<string>? run, Func<CoordinatorClient, long, Task<int>> action)
    {
        ClusterOptions cluster = new();
        Command command = new(name, description);
        cluster.AddTo(command);
        if (run is not null)
        {
            command.Arguments.Add(run);
        }

        command.SetAction(parsed =>
        {
            long number = run is null ? 0 : ClusterOptions.Number(parsed.GetRequiredValue(run));
            using CoordinatorClient client = cluster.Client(parsed);
            return action(client, number).GetAwaiter().GetResult();
        });
        return command;
    }

    private static Command Results()
    {
        ClusterOptions cluster = new();
        Argument<string> run = ClusterOptions.Run();
        Option<string> folder = new("--out") { Description = "Folder for run.json and one NAME.npz per monitor; of a sweep, for points.csv and points.npz.", HelpName = "DIR", Required = true };
        Command command = new("results", "Fetches what a run has left: the same files as of 'run', or of 'sweep'.") { run, folder };
        cluster.AddTo(command);
        command.SetAction(parsed =>
        {
            using CoordinatorClient client = cluster.Client(parsed);
            return Fetch(client, ClusterOptions.Number(parsed.GetRequiredValue(run)), parsed.GetRequiredValue(folder)).GetAwaiter().GetResult();
        });
        return command;
    }

    private static async Task<int> Runs(CoordinatorClient client)
    {
        TextTable table = new();
        RunView[] runs = await client.Runs();
        if (runs.Length == 0)
        {
            Console.WriteLine("no runs");
        }

        foreach (RunView run in runs)
        {
            table.Add(run.Run.ToString(CultureInfo.InvariantCulture), run.Name, run.State, RunText.Percent(run), RunText.Time(run.Submitted), run.Reason);
        }

        table.Print(0, 3);
        return Cli.Done;
    }

    private static async Task<int> Show(CoordinatorClient client, long run)
    {
        RunView now = await client.Run(run);
        if (!now.HasEnded && !Console.IsOutputRedirected && !Console.IsErrorRedirected)
        {
            return await RunText.Follow(client, run) is null ? Cli.Interrupted : Cli.Done;
        }

        RunText.Print(now);
        return Cli.Done;
    }

    private static async Task<int> Logs(CoordinatorClient client, long run)
    {
        foreach (LogLine line in await client.Logs(run))
        {
            Console.WriteLine($"{RunText.Time(line.At)}  {line.Text}");
        }

        return Cli.Done;
    }

    private static async Task<int> Cancel(CoordinatorClient client, long run)
    {
        Console.WriteLine(RunText.Line(await client.Cancel(run)));
        return Cli.Done;
    }

    private static async Task<int> Nodes(CoordinatorClient client)
    {
        TextTable table = new();
        NodeView[] nodes = await client.Nodes();
        if (nodes.Length == 0)
        {
            Console.WriteLine("no nodes");
        }

        foreach (NodeView node in nodes)
        {
            table.Add(
                node.Address, $"{node.Shards} of {node.Slots} {TextTable.Noun(node.Slots, "shard")}", $"{node.Cores} {TextTable.Noun(node.Cores, "core")}",
                string.Create(CultureInfo.InvariantCulture, $"{node.MemoryBytes / 1e9:0.0} GB"), string.Join(", ", [$"{node.VectorBits}-bit vectors", .. node.Devices]), node.Version,
                node.Draining ? "draining" : node.Runs.Count == 0 ? "idle" : $"runs {string.Join(", ", node.Runs)}");
        }

        table.Print();
        return Cli.Done;
    }

    private static async Task<int> Fetch(CoordinatorClient client, long run, string folder)
    {
        ResultFile[] files = await client.Results(run);
        Place place = new("--out", 0, 0, folder);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (ResultFile file in files.OrderBy(file => file.Name == CommandLine.Results.ManifestFile))
            {
                // The name is the coordinator's; here it may be a file in the folder and nothing else.
                string name = file.Name == Path.GetFileName(file.Name) ? file.Name : throw new UserMistakeException(place, $"the coordinator offers a file called '{file.Name}', which is not taken.");
                await client.Fetch(run, file, Path.Combine(folder, name));
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException(place, $"cannot be written: {problem.Message}");
        }

        return Cli.Done;
    }
}
