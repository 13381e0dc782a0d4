using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads the spikes of a replaying population: <c>{file: in.npz}</c> with the arrays <c>t</c> (ms) and <c>id</c>, or <c>{t: [...], id: [...]}</c>. Times are rounded up to the grid.</summary>
public sealed class ReplayReader(ValueReader values, TimeGrid grid, Schedule schedule)
{
    private readonly Mistakes mistakes = values.Mistakes;

    /// <param name="size">Null where the population's size has a mistake.</param>
    public ReplayTable? Read(Node node, int? size)
    {
        if (values.ReadColumns(node, ["t", "id"], [], "spikes.npz") is not { } columns)
        {
            return null;
        }

        (double[] times, double[] ids) = (columns["t"], columns["id"]);
        if (!Fits(times, ids, size, node.Place))
        {
            return null;
        }

        ReplayTable table = Sorted(times, ids);
        int twice = Enumerable.Range(1, Math.Max(table.Ids.Length - 1, 0)).FirstOrDefault(j => j < table.Ids.Length && table.Steps[j] == table.Steps[j - 1] && table.Ids[j] == table.Ids[j - 1]);
        if (twice > 0)
        {
            mistakes.Add(node.Place, $"neuron {table.Ids[twice]} spikes twice in one step, at {TimeGrid.Text(grid.ToMilliseconds(table.Steps[twice] + schedule.SpikeTimeOffset))} ms; a neuron spikes at most once in a step");
        }

        return table;
    }

    private bool Fits(double[] times, double[] ids, int? size, Place place)
    {
        double latest = grid.ToMilliseconds(TimeGrid.MostSteps);
        int badTime = Array.FindIndex(times, t => !(t >= 0 && t <= latest));
        if (badTime >= 0)
        {
            mistakes.Add(place, $"t[{badTime}] is {times[badTime]}; a time must lie between 0 and {TimeGrid.Text(latest)} ms");
        }

        return (size is null || values.IdsFit("id", ids, size.Value, "the population", place)) && badTime < 0;
    }

    private ReplayTable Sorted(double[] times, double[] ids)
    {
        (long Step, int Id)[] spikes = [.. times.Zip(ids, (t, id) => (grid.RoundUp(t) - schedule.SpikeTimeOffset, (int)id)).Order()];
        return new ReplayTable([.. spikes.Select(s => s.Step)], [.. spikes.Select(s => s.Id)]);
    }
}
