using System.CommandLine;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>The commands. Exit codes: 0 done, 1 our fault or the cluster's trouble, 2 the user's mistake, 130 interrupted.</summary>
public static class Cli
{
    public const int Done = 0;
    public const int OurFault = 1;
    public const int UserMistake = 2;
    public const int Interrupted = 130;

    public static int Run(string[] args) => Guarded(() =>
    {
        RootCommand root = Define();
        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            throw Mistake(parsed);
        }

        int code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return args.Length == 0 ? UserMistake : code;
    });

    /// <summary>All commands with all their options.</summary>
    internal static RootCommand Define()
    {
        RootCommand root = new("BrainSim: simulates spiking and rate networks described in a network file.")
        {
            RunCommand.Define(), SweepCommand.Define(), ResumeCommand.Define(), CheckCommand.Define(), ExplainCommand.Define(), ModelsCommand.Define(),
            SubmitCommand.Define(), CoordinatorCommand.Define(), NodeCommand.Define(), TokenCommand.Define(),
            DoctorCommand.Define(), BundleCommand.Define(), BackupCommand.Define(),
        };
        foreach (Command command in ClusterCommands.Define())
        {
            root.Subcommands.Add(command);
        }

        return root;
    }

    /// <summary>One sentence: where a word was not understood, what else is wrong follows from it.</summary>
    private static UserMistakeException Mistake(ParseResult parsed)
    {
        string what = parsed.UnmatchedTokens.Count > 0 ? Unknown(parsed.UnmatchedTokens[0], parsed.CommandResult.Command) : parsed.Errors[0].Message;
        string command = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
        return new UserMistakeException(new Place("brainsim", 0, 0, ""), $"{what} See 'brainsim{command} --help'.");
    }

    private static string Unknown(string word, Command command)
    {
        if (word.StartsWith('-'))
        {
            return $"there is no option '{word}' here.{Suggestion.For(word, command.Options.Select(o => o.Name))}";
        }

        return command is RootCommand
            ? $"there is no command '{word}'.{Suggestion.For(word, command.Subcommands.Select(c => c.Name))}"
            : $"'{word}' is one argument too many; {command.Name} takes {(command.Arguments.Count > 0 ? $"one {command.Arguments[0].Name}" : "none")}.";
    }

    /// <summary>The edge of the process: every exception becomes a message and an exit code.</summary>
    private static int Guarded(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (UserMistakeException problem)
        {
            foreach (Mistake mistake in problem.Mistakes)
            {
                Console.Error.WriteLine(mistake);
            }

            return UserMistake;
        }
        catch (ClusterTroubleException trouble)
        {
            Console.Error.WriteLine(trouble.Message);
            return OurFault;
        }
        catch (OutOfMemoryException)
        {
            Console.Error.WriteLine("brainsim: this machine has too little memory for the network; use a machine with more, or make populations smaller, connections sparser or recordings rarer.");
            return UserMistake;
        }
        catch (Exception problem)
        {
            Console.Error.WriteLine($"brainsim: this is our fault, please report it with the network file: {problem}");
            return OurFault;
        }
    }
}
