using Spectre.Console;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>A bar with the time left, for runs that last, on a terminal only.</summary>
internal static class ProgressLine
{
    /// <summary>Shorter runs are over before anybody could read a bar.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    /// <param name="run">Is given what it tells the steps done, from any thread. Its exceptions pass, after the bar is gone.</param>
    /// <param name="look">How much is done and what there is to say of it, for a run that does not tell; null for one that does.</param>
    public static void Follow(long steps, bool show, Action<Action<long>> run, Func<(long Done, string Text)>? look = null)
    {
        if (!show || Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            run(_ => { });
            return;
        }

        long done = 0;
        using ManualResetEventSlim over = new();
        Thread bar = new(() =>
        {
            if (!over.Wait(Patience))
            {
                Draw(steps, look ?? (() => (Interlocked.Read(ref done), "running")), over);
            }
        }) { IsBackground = true, Name = "progress" };
        bar.Start();
        try
        {
            run(step => Interlocked.Exchange(ref done, step));
        }
        finally
        {
            over.Set();
            bar.Join();
        }
    }

    /// <summary>The only method that names Spectre.Console, which takes a while to load.</summary>
    private static void Draw(long steps, Func<(long Done, string Text)> look, ManualResetEventSlim over) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            .Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("running", maxValue: steps);
                do
                {
                    (long done, string text) = look();
                    (task.Value, task.Description) = (done, Markup.Escape(text));
                }
                while (!over.Wait(Refresh));
            });
}
