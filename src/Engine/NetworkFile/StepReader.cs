using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Milliseconds of a file into whole steps. Where the file's dt is wrong nothing is refused, since dt has its mistake already.</summary>
public sealed class StepReader(TimeGrid grid, bool isKnown, Mistakes mistakes)
{
    public TimeGrid Grid => grid;

    /// <summary>For times that must be whole numbers of several steps.</summary>
    public StepReader Every(int steps) => new(grid.Every(steps), isKnown, mistakes);

    /// <param name="what">Begins the message: "the refractory time of ".</param>
    /// <returns>Null after a mistake.</returns>
    public long? Read(double milliseconds, Place place, long least, long most, string what = "")
    {
        if (!isKnown)
        {
            return least;
        }

        string written = $"{what}{TimeGrid.Text(milliseconds)} ms";
        string dt = TimeGrid.Text(grid.Dt);
        if (!(milliseconds >= 0))
        {
            mistakes.Add(place, $"{written} must not be negative");
        }
        else if (!grid.TryWhole(milliseconds, out long steps) && milliseconds < grid.ToMilliseconds(most))
        {
            mistakes.Add(place, $"{written} is no whole number of steps of {dt} ms; the nearest are {grid.Neighbours(milliseconds)}");
        }
        else if (steps < least || steps > most)
        {
            mistakes.Add(place, $"{written} must be {least} to {most} steps of {dt} ms, which is {TimeGrid.Text(grid.ToMilliseconds(least))} to {TimeGrid.Text(grid.ToMilliseconds(most))} ms");
        }
        else
        {
            return steps;
        }

        return null;
    }
}
