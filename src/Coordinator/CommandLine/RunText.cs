using System.Globalization;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What people read of a run in a cluster.</summary>
internal static class RunText
{
    /// <summary>Lines that the progress of a sweep takes.</summary>
    private const int Parts = 10;

    /// <summary>Follows a run to its end: a bar on a terminal, otherwise a line whenever its state changes, or another tenth of a sweep's points has ended.</summary>
    /// <returns>The exit code: that of <c>run</c> with the same end.</returns>
    public static async Task<int> Follow(CoordinatorClient client, long run)
    {
        RunView now = await client.Run(run);
        RunView end = now;
        if (!Console.IsOutputRedirected && !Console.IsErrorRedirected)
        {
            ProgressLine.Follow(
                now.Steps, show: true, _ => end = client.Follow(run, seen => Volatile.Write(ref now, seen)).GetAwaiter().GetResult(),
                () => (Volatile.Read(ref now).Step, $"{now.State}{Points(now)}"));
            Print(end);
        }
        else
        {
            string told = "";
            end = await client.Follow(run, seen =>
            {
                string line = Line(seen);
                string news = $"{seen.State}{seen.Reason}{(seen.Sweep is { Points: > 0 } sweep ? sweep.Ended * Parts / sweep.Points : 0)}";
                if (news != told)
                {
                    Console.WriteLine(line);
                    told = news;
                }
            });
        }

        return ExitCode(end);
    }

    public static void Print(RunView run)
    {
        Console.WriteLine($"{run.Name} {Line(run)}");
        TextTable table = new();
        table.Add("submitted", Time(run.Submitted));
        table.Add("priority", run.Priority.ToString(CultureInfo.InvariantCulture));
        if (run.Epoch > 1)
        {
            table.Add("taken up again", $"{TextTable.Count(run.Epoch - 1)} {(run.Epoch == 2 ? "time" : "times")}");
        }

        if (run.Committed > 0)
        {
            table.Add("checkpoint", $"step {TextTable.Count(run.Committed)}");
        }

        if (run.Nodes.Count > 0)
        {
            table.Add("on", string.Join(", ", run.Nodes));
        }

        if (run.StateHash is { } hash)
        {
            table.Add("state hash", hash);
        }

        table.Print();
        TextTable times = new();
        foreach (TimeLine line in run.Times)
        {
            times.Add(line.Node, line.Work, line.Of, line.Seconds.ToString("0.000", CultureInfo.InvariantCulture), "s");
        }

        times.Print(3);
    }

    public static string Line(RunView run)
    {
        string reason = run.Reason.Length == 0 ? "" : $": {run.Reason}";
        return $"run {run.Run} is {run.State}{Progress(run)}{reason}";
    }

    public static string Percent(RunView run) => (run.Steps == 0 ? 0 : (double)run.Step / run.Steps).ToString("0.0%", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Progress(RunView run) => run.Sweep is not null ? Points(run) : run.State == RunState.Running ? $", {TextTable.Count(run.Step)} of {TextTable.Count(run.Steps)} steps, {Percent(run)}" : "";

    /// <summary>Nothing for one run.</summary>
    private static string Points(RunView run)
    {
        if (run.Sweep is not { } sweep)
        {
            return "";
        }

        string running = run.HasEnded ? "" : $", {sweep.Running} running";
        string left = sweep.SecondsLeft is { } seconds && !run.HasEnded ? $", some {TimeSpan.FromSeconds(seconds):c} left" : "";
        return $", {TextTable.Count(sweep.Ended)} of {TextTable.Count(sweep.Points)} points{running}{(sweep.Failed > 0 ? $", {TextTable.Count(sweep.Failed)} failed" : "")}{left}";
    }

    private static int ExitCode(RunView run) => run switch
    {
        { State: RunState.Done } => Cli.Done,
        { State: RunState.Cancelled } => Cli.Interrupted,
        { Cause: RunCause.Defect or RunCause.Infrastructure } => Cli.OurFault,
        _ => Cli.UserMistake,
    };
}
