using BrainSim.Engine.Units;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace BrainSim.Engine.Sweeps;

/// <summary>
/// The downhill simplex of Nelder and Mead 1965, as MathNet.Numerics has it, from several starts at the same time: one candidate of each start makes a batch.
/// The first start is the middle of the cube, the others are drawn.
/// </summary>
public sealed class NelderMead : ISearch
{
    private readonly Start[] starts;
    private Start[] asked = [];

    public NelderMead(int dimensions, int starts, KeyedRandom random) =>
        this.starts = [.. Enumerable.Range(0, starts).Select(s => new Start([.. Enumerable.Range(0, dimensions).Select(d => s == 0 ? 0.5 : random.Uniform((uint)d, s))]))];

    public double[][] Ask()
    {
        List<double[]> candidates = [];
        List<Start> open = [];
        foreach (Start start in starts)
        {
            if (start.Wanted() is { } candidate)
            {
                candidates.Add(candidate);
                open.Add(start);
            }
        }

        asked = [.. open];
        return [.. candidates];
    }

    public void Tell(double[] values)
    {
        foreach ((Start start, double value) in asked.Zip(values))
        {
            start.Known.Add(value);
        }
    }

    /// <summary>
    /// MathNet calls the function itself and waits for its value. So it is started again for every candidate, given the values known so far, and left at the first that it lacks: the
    /// same calls come in the same order each time. A search has some hundreds of candidates, whose simplices take no time against a run.
    /// </summary>
    private sealed class Start(double[] from)
    {
        /// <summary>Edge of the first simplex, towards the far side of the cube.</summary>
        private const double Edge = 0.2;

        /// <summary>Ends when the values of the corners differ by less than this, relatively.</summary>
        private const double Tolerance = 1e-10;

        private const int MostIterations = 100_000;

        public List<double> Known { get; } = [];

        /// <returns>Null when the simplex has shrunk to a point.</returns>
        public double[]? Wanted()
        {
            int calls = 0;
            IObjectiveFunction objective = ObjectiveFunction.Value(x =>
            {
                double[] candidate = x.ToArray();
                if (!candidate.All(c => c is >= 0 and <= 1))
                {
                    return double.PositiveInfinity;
                }

                return calls < Known.Count ? Known[calls++] : throw new UnknownValueException(candidate);
            });
            try
            {
                NelderMeadSimplex.Minimum(objective, Vector<double>.Build.Dense(from), Vector<double>.Build.Dense([.. from.Select(c => c > 0.5 ? -Edge : Edge)]), Tolerance, MostIterations);
                return null;
            }
            catch (UnknownValueException unknown)
            {
                return unknown.Candidate;
            }
            catch (EvaluationException wrapped) when (wrapped.InnerException is UnknownValueException unknown)
            {
                return unknown.Candidate;
            }
            catch (MaximumIterationsException)
            {
                return null;
            }
        }
    }

    private sealed class UnknownValueException(double[] candidate) : Exception
    {
        public double[] Candidate { get; } = candidate;
    }
}
