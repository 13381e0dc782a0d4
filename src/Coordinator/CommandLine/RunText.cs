using System.Globalization;
using System.Text.RegularExpressions;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What people read of a run in a cluster.</summary>
internal static partial class RunText
{
    /// <summary>Lines that the progress of a sweep takes.</summary>
    private const int Parts = 10;

    /// <summary>Follows a run to its end, or to Ctrl-C, which ends the following only: a bar on a terminal, otherwise a line whenever its state changes, or another tenth of a sweep's points has ended.</summary>
    /// <returns>The run as it ended; null where it goes on.</returns>
    public static async Task<RunView?> Follow(CoordinatorClient client, long run)
    {
        RunView now = await client.Run(run);
        using Interruption interruption = new();
        bool isTerminal = !Console.IsOutputRedirected && !Console.IsErrorRedirected;
        RunView? end = isTerminal ? FollowByBar(client, now, interruption.Token) : await Until(interruption.Token, client.Follow(run, new Changes().Tell));
        if (end is null)
        {
            Console.Error.WriteLine($"run {run} goes on; 'brainsim show {run}' follows it again, 'brainsim cancel {run}' ends it");
        }
        else if (isTerminal)
        {
            Print(end);
        }

        return end;
    }

    private static RunView? FollowByBar(CoordinatorClient client, RunView now, CancellationToken interrupted)
    {
        RunView? end = null;
        ProgressLine.Follow(
            now.Steps, show: true, _ => end = Until(interrupted, client.Follow(now.Run, seen => Volatile.Write(ref now, seen))).GetAwaiter().GetResult(),
            () => Volatile.Read(ref now) is var seen ? (seen.Step, $"{Doing(seen)}{Points(seen)}") : default);
        return end;
    }

    /// <returns>Null where the user did not wait for it.</returns>
    private static async Task<RunView?> Until(CancellationToken interrupted, Task<RunView> followed)
    {
        await Task.WhenAny(followed, Task.Delay(Timeout.InfiniteTimeSpan, interrupted));
        return interrupted.IsCancellationRequested && !followed.IsCompleted ? null : await followed;
    }

    public static void Print(RunView run)
    {
        Console.WriteLine($"{run.Name} {Line(run)}");
        TextTable table = new();
        table.Add("submitted", Time(run.Submitted));
        table.Add("priority", run.Priority.ToString(CultureInfo.InvariantCulture));
        if (run.PointOf is { } sweep)
        {
            table.Add("point of", $"run {sweep}");
        }

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

    /// <summary>What there is to say of it while it goes on.</summary>
    public static string Doing(RunView run) => run.Reason.Length == 0 ? run.State : $"{run.State}: {run.Reason}";

    /// <summary>That of <c>run</c> with the same end.</summary>
    /// <param name="run">Null where it goes on and nobody waits for it any more.</param>
    public static int ExitCode(RunView? run) => run switch
    {
        null => Cli.Interrupted,
        { State: RunState.Done } => Cli.Done,
        { State: RunState.Cancelled } => Cli.Interrupted,
        { Cause: RunCause.Defect or RunCause.Infrastructure } => Cli.OurFault,
        _ => Cli.UserMistake,
    };

    /// <summary>Prints a line whenever a run's state, or the reason for it, has changed; how long it has lasted is no change.</summary>
    private sealed partial class Changes
    {
        private string told = "";

        public void Tell(RunView seen)
        {
            string what = $"{Duration().Replace(Doing(seen), "")}{(seen.Sweep is { Points: > 0 } sweep ? sweep.Ended * Parts / sweep.Points : 0)}";
            if (what != told)
            {
                Console.WriteLine(Line(seen));
                told = what;
            }
        }

        [GeneratedRegex(@" for \d+ s$")]
        private static partial Regex Duration();
    }
}
