using System.Collections.Immutable;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>How the neurons of two populations lie on grids of the same number of axes. Ids run along the last axis first.</summary>
/// <param name="Normalize">Each axis has the length 1, from the first neuron to the last; else neighbours are 1 apart.</param>
/// <param name="Periodic">The last neuron of an axis is the neighbour of the first; normalised, an axis then goes round once in the length 1.</param>
public sealed record GridGeometry(ImmutableArray<int> Pre, ImmutableArray<int> Post, bool Normalize, bool Periodic)
{
    public bool Equals(GridGeometry? other) =>
        other is not null && Normalize == other.Normalize && Periodic == other.Periodic && Pre.SequenceEqual(other.Pre) && Post.SequenceEqual(other.Post);

    public override int GetHashCode() => HashCode.Combine(Normalize, Periodic, Pre[0], Post[0]);

    /// <summary>Places of the target grid at coordinates c lie at c / Steps(Post, axis).</summary>
    public int Steps(ImmutableArray<int> shape, int axis) => !Normalize ? 1 : Periodic ? shape[axis] : Math.Max(shape[axis] - 1, 1);

    /// <summary>About the largest number of sources that lie within a distance along every axis.</summary>
    public double InBox(double reach) => Enumerable.Range(0, Pre.Length).Aggregate(1.0, (box, axis) => box * Math.Min(Pre[axis], (2 * reach * Steps(Pre, axis)) + 1));
}

/// <summary>The neurons around the same place of the other grid. That place itself belongs to them where <see cref="ConnectRule.IncludeSelf"/> says so, between any two populations.</summary>
/// <param name="Reach">Neighbours to each side along every axis.</param>
/// <param name="Straight">Only the nearest, along one axis each.</param>
public sealed record GridNeighbours(GridGeometry Grid, int Reach, bool Straight) : ConnectRule
{
    public override bool IsRandom => false;
}

/// <summary>Every pair is connected independently, with the probability e^(-d²/2σ²) at the distance d.</summary>
/// <param name="Least">Smaller probabilities are none.</param>
public sealed record GaussianProbability(GridGeometry Grid, double Sigma, double Least) : ConnectRule
{
    public double At(double squaredDistance) => new Bell(Sigma, 1).At(squaredDistance);
}

/// <summary>Every pair is connected with a weight that depends on the distance, a sum of bells, unless its size is at most <paramref name="Least"/>.</summary>
public sealed record GaussianWeights(GridGeometry Grid, ImmutableArray<Bell> Bells, double Least) : ConnectRule
{
    public override bool IsRandom => false;

    public override bool BringsWeights => true;

    public bool Equals(GaussianWeights? other) => base.Equals(other) && Grid == other!.Grid && Least.Equals(other.Least) && Bells.SequenceEqual(other.Bells);

    public override int GetHashCode() => HashCode.Combine(Grid, Least, Bells.Length);

    public double At(double squaredDistance)
    {
        double sum = 0;
        foreach (Bell bell in Bells)
        {
            sum += bell.At(squaredDistance);
        }

        return sum;
    }

    public bool Connects(double weight) => Math.Abs(weight) > Least;

    /// <summary>No pair farther apart is connected; squared. Some bell must not be flat.</summary>
    public double SquaredReach
    {
        get
        {
            double widest = Bells.Max(bell => bell.Sigma);
            double highest = Bells.Sum(bell => Math.Abs(bell.Height));
            return Bell.SquaredReach(widest, Least / highest);
        }
    }
}

/// <summary>height·e^(-d²/2σ²).</summary>
/// <param name="Sigma">Above 0.</param>
public readonly record struct Bell(double Sigma, double Height)
{
    public double At(double squaredDistance) => Height * Elementary.Exp(-squaredDistance / (2 * Sigma * Sigma));

    /// <summary>The squared distance at which a bell has fallen to a part of its height, and a little more, so that rounding hides no neuron from <see cref="At"/>.</summary>
    public static double SquaredReach(double sigma, double part) => Math.Max(0, 2 * sigma * sigma * (1e-9 - Elementary.Log(part)));
}
