using System.Diagnostics;
using System.Globalization;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>When a run keeps a checkpoint: every so many biological milliseconds (<c>100</c> or <c>100ms</c>) or wall-clock seconds (<c>30s</c>).</summary>
internal sealed class CheckpointRhythm
{
    private readonly long? steps;
    private readonly TimeSpan? wall;
    private readonly Stopwatch watch = Stopwatch.StartNew();

    private CheckpointRhythm(long? steps, TimeSpan? wall) => (this.steps, this.wall) = (steps, wall);

    /// <summary>The next step with a checkpoint, where biological time says when; else the largest number.</summary>
    public long NextStep { get; private set; } = long.MaxValue;

    /// <param name="from">Step that the run begins at.</param>
    /// <exception cref="UserMistakeException">The text is no time, or shorter than a step.</exception>
    public static CheckpointRhythm Read(string text, TimeGrid grid, long from)
    {
        bool seconds = text.EndsWith('s') && !text.EndsWith("ms", StringComparison.Ordinal);
        string number = text.TrimEnd('m', 's');
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) || !(value > 0) || value > 1e12)
        {
            throw Wrong($"'{text}' is no time; write 100 or 100ms for biological milliseconds, 30s for seconds on the clock.");
        }

        if (seconds)
        {
            return new CheckpointRhythm(null, TimeSpan.FromSeconds(Math.Min(value, 1e6)));
        }

        long steps = grid.Nearest(value);
        return steps < 1 ? throw Wrong($"{text} is shorter than a step of {TimeGrid.Text(grid.Dt)} ms.") : new CheckpointRhythm(steps, null) { NextStep = from + steps };
    }

    /// <summary>Asked at every meeting of the shards; true when a checkpoint is due, and then not before the next.</summary>
    public bool IsDue(long step)
    {
        bool due = steps is null ? watch.Elapsed >= wall : step >= NextStep;
        if (due)
        {
            watch.Restart();
            NextStep = steps is { } every ? step + every : long.MaxValue;
        }

        return due;
    }

    private static UserMistakeException Wrong(string message) => new(new Place("--checkpoint-every", 0, 0, ""), message);
}
