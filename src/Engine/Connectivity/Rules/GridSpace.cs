using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>Sources and targets on grids: how far apart they are, and who is near. Not thread-safe.</summary>
public sealed class GridSpace
{
    private readonly GridGeometry geometry;
    private readonly double axisReach;
    private readonly double squaredReach;
    private readonly int[] preStrides;
    private readonly int[] postStrides;
    private readonly List<(int Offset, double Squared)>[] windows;
    private readonly List<(int Source, double Squared)> near = [];

    /// <param name="axisReach">Only sources at most so far away along each axis are near.</param>
    /// <param name="squaredReach">Only sources within this squared distance are near.</param>
    public GridSpace(GridGeometry geometry, double axisReach = double.PositiveInfinity, double squaredReach = double.PositiveInfinity)
    {
        (this.geometry, this.axisReach, this.squaredReach) = (geometry, Math.Min(axisReach, Math.Sqrt(squaredReach)), squaredReach);
        preStrides = Strides(geometry.Pre);
        postStrides = Strides(geometry.Post);
        windows = [.. geometry.Pre.Select(_ => new List<(int, double)>())];
    }

    /// <summary>Exactly the number that <see cref="Near"/> gives.</summary>
    public double SquaredDistance(int source, int target)
    {
        double squared = 0;
        for (int axis = 0; axis < windows.Length; axis++)
        {
            squared += Squared(axis, source / preStrides[axis] % geometry.Pre[axis], target / postStrides[axis] % geometry.Post[axis]);
        }

        return squared;
    }

    /// <summary>The sources near a target and their squared distances; ids rise but across the border of a periodic grid. Valid until the next call.</summary>
    /// <remarks>Looks at the sources in a box around the target, and at no others.</remarks>
    public List<(int Source, double Squared)> Near(int target)
    {
        for (int axis = 0; axis < windows.Length; axis++)
        {
            FillWindow(axis, target / postStrides[axis] % geometry.Post[axis]);
        }

        near.Clear();
        Combine(0, 0, 0);
        return near;
    }

    private static int[] Strides(IReadOnlyList<int> shape)
    {
        int[] strides = new int[shape.Count];
        int stride = 1;
        for (int axis = strides.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    private double Squared(int axis, int from, int to)
    {
        double distance = Math.Abs(((double)from / geometry.Steps(geometry.Pre, axis)) - ((double)to / geometry.Steps(geometry.Post, axis)));
        if (geometry.Periodic)
        {
            double round = geometry.Normalize ? 1 : geometry.Pre[axis];
            distance = Math.Min(distance, round - distance);
        }

        return distance * distance;
    }

    /// <summary>The coordinates of one axis that are within reach. One more on each side is looked at, so that rounding loses none.</summary>
    private void FillWindow(int axis, int to)
    {
        int extent = geometry.Pre[axis];
        double steps = geometry.Steps(geometry.Pre, axis);
        double centre = (double)to / geometry.Steps(geometry.Post, axis) * steps;
        double radius = (axisReach * steps) + 1;
        bool goesRound = geometry.Periodic && (2 * radius) + 2 < extent;
        double first = Math.Floor(centre - radius);
        double last = Math.Ceiling(centre + radius);
        if (!goesRound)
        {
            (first, last) = geometry.Periodic ? (0, extent - 1) : (Math.Clamp(first, 0, extent - 1), Math.Clamp(last, 0, extent - 1));
        }

        windows[axis].Clear();
        for (int c = (int)first; c <= (int)last; c++)
        {
            int from = c < 0 ? c + extent : c >= extent ? c - extent : c;
            double squared = Squared(axis, from, to);
            if (squared <= axisReach * axisReach)
            {
                windows[axis].Add((from * preStrides[axis], squared));
            }
        }
    }

    private void Combine(int axis, int source, double squared)
    {
        foreach ((int offset, double more) in windows[axis])
        {
            double sum = squared + more;
            if (sum <= squaredReach && axis == windows.Length - 1)
            {
                near.Add((source + offset, sum));
            }
            else if (sum <= squaredReach)
            {
                Combine(axis + 1, source + offset, sum);
            }
        }
    }
}
