using System.CommandLine;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>resume DIR</c>: goes on with a run that was begun with checkpoints and did not end, on any number of shards and threads.</summary>
internal static class ResumeCommand
{
    public static Command Define()
    {
        Argument<string> folder = new("DIR") { Description = "The --out folder of the run." };
        HostOptions host = new();
        Command command = new("resume", "Goes on from a run's last checkpoint.") { folder };
        host.AddTo(command);
        command.SetAction(parsed => Resume(parsed.GetRequiredValue(folder), host.Choose(parsed)));
        return command;
    }

    private static int Resume(string folder, HostChoice choice)
    {
        using Interruption interruption = new();
        RunRequest request = RunRequest.Read(folder);
        if (Results.IsComplete(folder))
        {
            throw new UserMistakeException(new Place(folder, 0, 0, ""), "holds the results of a run that has ended; there is nothing to resume.");
        }

        string checkpoint = Path.Combine(folder, RunRequest.CheckpointName);
        bool begun = File.Exists(checkpoint);
        if (!begun && !choice.Quiet && !choice.Json)
        {
            Console.WriteLine($"{folder} holds no checkpoint yet: the run begins anew.");
        }

        return new Execution(request, choice, folder).Run(begun ? checkpoint : null, interruption.Token);
    }
}
