using System.CommandLine;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>The commands. Exit codes: 0 done, 1 our fault, 2 the user's mistake, 130 interrupted.</summary>
public static class Cli
{
    public const int Done = 0;
    public const int OurFault = 1;
    public const int UserMistake = 2;
    public const int Interrupted = 130;

    public static int Run(string[] args)
    {
        RootCommand root = new("BrainSim: simulates spiking and rate networks described in a network file.")
        {
            RunCommand.Define(), CheckCommand.Define(), ExplainCommand.Define(), ModelsCommand.Define(),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
            {
                Console.Error.WriteLine($"brainsim: {message}");
            }

            Console.Error.WriteLine("Try 'brainsim --help'.");
            return UserMistake;
        }

        return Guarded(() => parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
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
        catch (NumericalFailureException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return UserMistake;
        }
        catch (Exception problem)
        {
            Console.Error.WriteLine($"brainsim: this is our fault, please report it with the network file: {problem}");
            return OurFault;
        }
    }
}
