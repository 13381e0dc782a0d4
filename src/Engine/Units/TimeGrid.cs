using System.Globalization;

namespace BrainSim.Engine.Units;

/// <summary>Time as whole steps of <see cref="Dt"/> milliseconds. Inside the engine time is the step index; this is the door.</summary>
public readonly record struct TimeGrid(double Dt)
{
    /// <summary>Most steps of a run: step indices and refractory limits are held in 32 bits.</summary>
    public const long MostSteps = int.MaxValue - 1_000_000L;

    /// <summary>A number of milliseconds counts as whole steps when it is within this many steps of them (relative above one step): ten decimal digits survive the division.</summary>
    private const double Slack = 1e-9;

    /// <summary>Steps of which each is several of these.</summary>
    public TimeGrid Every(int steps) => new(Dt * steps);

    /// <summary>Milliseconds of a step index or step count.</summary>
    public double ToMilliseconds(long steps) => steps * Dt;

    /// <summary>False where <paramref name="milliseconds"/> is no whole number of steps.</summary>
    public bool TryWhole(double milliseconds, out long steps)
    {
        double exact = milliseconds / Dt;
        steps = (long)Math.Clamp(Math.Round(exact), -9e15, 9e15);
        return Math.Abs(exact - steps) <= Slack * Math.Max(1, Math.Abs(exact));
    }

    public long Nearest(double milliseconds) => (long)Math.Round(milliseconds / Dt);

    /// <summary>The first step boundary not before the time.</summary>
    public long RoundUp(double milliseconds)
    {
        double exact = milliseconds / Dt;
        return (long)Math.Ceiling(exact - (Slack * Math.Max(1, Math.Abs(exact))));
    }

    /// <summary>"0.1 and 0.2" around a time that is not on the grid.</summary>
    public string Neighbours(double milliseconds)
    {
        long below = (long)Math.Floor(milliseconds / Dt);
        return $"{Text(below * Dt)} and {Text((below + 1) * Dt)}";
    }

    public static string Text(double milliseconds) => Math.Round(milliseconds, 9).ToString("0.#########", CultureInfo.InvariantCulture);
}
