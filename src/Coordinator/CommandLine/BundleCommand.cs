using System.CommandLine;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>bundle RUN</c>: all that helps others to find out what happened to a run, in one file.</summary>
internal static class BundleCommand
{
    public static Command Define()
    {
        ClusterOptions cluster = new();
        Argument<string> run = ClusterOptions.Run();
        Option<string> file = new("--out") { Description = "The zip to write.", HelpName = "FILE.zip", Required = true };
        Command command = new("bundle", "Collects a run's network file, story, settings, nodes and versions for a report; no tokens, nothing recorded.") { run, file };
        cluster.AddTo(command);
        command.SetAction(parsed =>
        {
            using CoordinatorClient client = cluster.Client(parsed);
            return Fetch(client, ClusterOptions.Number(parsed.GetRequiredValue(run)), parsed.GetRequiredValue(file)).GetAwaiter().GetResult();
        });
        return command;
    }

    private static async Task<int> Fetch(CoordinatorClient client, long run, string path)
    {
        byte[] bundle = await client.Bundle(run);
        try
        {
            string temporary = path + ".tmp";
            await File.WriteAllBytesAsync(temporary, bundle);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException(new Place("--out", 0, 0, path), $"cannot be written: {problem.Message}");
        }

        return Cli.Done;
    }
}
