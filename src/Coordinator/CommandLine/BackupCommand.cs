using System.CommandLine;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>backup</c>: all that must last of a coordinator's folder, in one file, while the coordinator works.</summary>
internal static class BackupCommand
{
    private const string Output = "-";

    public static Command Define()
    {
        Option<string> data = new("--data") { Description = "A coordinator's folder, on this machine; the coordinator may be at work on it.", HelpName = "DIR", Required = true };
        Option<string> file = new("--out") { Description = $"The tar to write; {Output} for the standard output. To restore, unpack it into an empty folder: tar -xf FILE.tar -C DIR.", HelpName = "FILE.tar", Required = true };
        Command command = new("backup", "Copies a coordinator's journal, files, checkpoints and results into one file.") { data, file };
        command.SetAction(parsed => Write(parsed.GetRequiredValue(data), parsed.GetRequiredValue(file)));
        return command;
    }

    private static int Write(string data, string file)
    {
        try
        {
            if (file == Output)
            {
                using Stream output = Console.OpenStandardOutput();
                Backup.Write(data, output);
                return Cli.Done;
            }

            string temporary = file + ".tmp";
            using (FileStream output = File.Create(temporary))
            {
                Backup.Write(data, output);
                output.Flush(flushToDisk: true);
            }

            File.Move(temporary, file, overwrite: true);
            return Cli.Done;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException(new Place("--out", 0, 0, file), $"is no whole backup ({problem.Message.TrimEnd('.')}); see that {data} can be read and that there is room, and begin again.");
        }
    }
}
