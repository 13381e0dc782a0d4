using Spectre.Console;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>A bar with the time left, for runs that last, on a terminal only.</summary>
internal static class ProgressLine
{
    public static void Follow(long steps, bool show, Action<Action<long>> run)
    {
        if (!show || Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            run(_ => { });
            return;
        }

        long done = 0;
        AnsiConsole.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("running", maxValue: Math.Max(1, steps));
                using Timer timer = new(_ => task.Value = Interlocked.Read(ref done), null, 100, 100);
                run(step => Interlocked.Exchange(ref done, step));
                task.Value = steps;
            });
    }
}
