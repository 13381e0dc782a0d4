using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads the spikes of a replaying population: <c>{file: in.npz}</c> with the arrays <c>t</c> (ms) and <c>id</c>, or <c>{t: [...], id: [...]}</c>. Times are rounded up to the grid.</summary>
public sealed class ReplayReader(ValueReader values, TimeGrid grid, Schedule schedule)
{
    private readonly Mistakes mistakes = values.Mistakes;

    public ReplayTable? Read(Node node, int size)
    {
        Fields fields = new(node, mistakes);
        string? file = fields.Text("file");
        double[]? times = file is null ? fields.Numbers("t") : values.Load(file, "t", node.Place)?.AsDoubles();
        double[]? ids = file is null ? fields.Numbers("id") : values.Load(file, "id", node.Place)?.AsDoubles();
        fields.Done();
        if (times is null || ids is null)
        {
            if (file is null)
            {
                mistakes.Add(node.Place, "needs {file: spikes.npz}, or the lists t (ms) and id");
            }

            return null;
        }

        return Fits(times, ids, size, node.Place) ? Sorted(times, ids) : null;
    }

    private bool Fits(double[] times, double[] ids, int size, Place place)
    {
        if (times.Length != ids.Length)
        {
            mistakes.Add(place, $"t has {times.Length} items and id has {ids.Length}; they must be of one length");
            return false;
        }

        int badTime = Array.FindIndex(times, t => !(t >= 0 && t <= grid.ToMilliseconds(TimeGrid.MostSteps)));
        int badId = Array.FindIndex(ids, id => !(id >= 0 && id < size && id == Math.Floor(id)));
        if (badTime >= 0)
        {
            mistakes.Add(place, $"t[{badTime}] is {times[badTime]}; a time must be a number of ms, not negative");
        }

        if (badId >= 0)
        {
            mistakes.Add(place, $"id[{badId}] is {ids[badId]}; an id must be a whole number from 0 to {size - 1}");
        }

        return badTime < 0 && badId < 0;
    }

    private ReplayTable Sorted(double[] times, double[] ids)
    {
        (long Step, int Id)[] spikes = [.. times.Zip(ids, (t, id) => (grid.RoundUp(t) - schedule.SpikeTimeOffset, (int)id)).Order()];
        return new ReplayTable([.. spikes.Select(s => s.Step)], [.. spikes.Select(s => s.Id)]);
    }
}
