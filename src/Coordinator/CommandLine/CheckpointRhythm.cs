using System.Globalization;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>When a run keeps a checkpoint: every so many biological milliseconds (<c>100</c> or <c>100ms</c>) or wall-clock seconds (<c>30s</c>).</summary>
internal sealed class CheckpointRhythm
{
    private readonly long? steps;
    private readonly TimeSpan? wall;
    private readonly TimeProvider clock;
    private long lastKept;

    private CheckpointRhythm(long? steps, TimeSpan? wall, TimeProvider clock)
    {
        (this.steps, this.wall, this.clock) = (steps, wall, clock);
        lastKept = clock.GetTimestamp();
    }

    /// <summary>The next step with a checkpoint, where biological time says when; else the largest number.</summary>
    public long NextStep { get; private set; } = long.MaxValue;

    /// <param name="from">Step that the run begins at.</param>
    /// <param name="clock">What seconds are read from.</param>
    /// <exception cref="UserMistakeException">The text is no time, or shorter than a step.</exception>
    public static CheckpointRhythm Read(string text, TimeGrid grid, long from, TimeProvider clock)
    {
        bool seconds = text.EndsWith('s') && !text.EndsWith("ms", StringComparison.Ordinal);
        string number = text.TrimEnd('m', 's');
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) || !(value > 0) || value > 1e12)
        {
            throw Wrong($"'{text}' is no time; write 100 or 100ms for biological milliseconds, 30s for seconds on the clock.");
        }

        if (seconds)
        {
            return new CheckpointRhythm(null, TimeSpan.FromSeconds(Math.Min(value, 1e6)), clock);
        }

        long steps = grid.Nearest(value);
        return steps < 1 ? throw Wrong($"{text} is shorter than a step of {TimeGrid.Text(grid.Dt)} ms.") : new CheckpointRhythm(steps, null, clock) { NextStep = from + steps };
    }

    /// <summary>Asked at every meeting of the shards.</summary>
    public bool IsDue(long step) => steps is null ? clock.GetElapsedTime(lastKept) >= wall : step >= NextStep;

    /// <summary>A checkpoint has been written. Seconds count from here, so that the run gets its time however long the writing takes.</summary>
    public void Kept(long step)
    {
        lastKept = clock.GetTimestamp();
        NextStep = steps is { } every ? step + every : long.MaxValue;
    }

    private static UserMistakeException Wrong(string message) => new(new Place("--checkpoint-every", 0, 0, ""), message);
}
