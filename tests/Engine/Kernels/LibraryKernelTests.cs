using BrainSim.Engine.Kernels;
using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Models;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Kernels;

/// <summary>Every neuron model of the library on every back end, width and precision.</summary>
public sealed class LibraryKernelTests
{
    /// <summary>Roundings per step and variable that the back ends may do differently: an update of the library has fewer than 64.</summary>
    private const int Roundings = 64;

    private const int MostAmplified = 1000;

    [Theory]
    [MemberData(nameof(LibraryModels.NamesAndPrecisions), MemberType = typeof(LibraryModels))]
    public void Every_width_gives_the_same_state(string model, string precision)
    {
        string text = LibraryModels.Network(model, TestSeed.Of(model), precision);
        string[] hashes = [.. VectorWidth.Supported.Select(bits =>
        {
            using SerialRun run = new SerialRun(Runs.Compile(text, bits)).Run();
            return $"{run.StateHash} {string.Join(' ', run.Recordings.Spikes("spikes").Steps)}";
        })];
        Assert.All(hashes, hash => Assert.Equal(hashes[0], hash));
    }

    /// <summary>
    /// Vector code and interpreter round differently. How far that may lead is measured, not guessed: a third run, the interpreter with every
    /// variable moved by 64 roundings in each step, drifts from the interpreter as far as 64 different roundings can take it. The vector code must stay within
    /// four times the largest such drift so far. Neurons are compared up to the first spike that not all three share, or until their own drift has grown a
    /// thousandfold: Euler's method for the Hindmarsh-Rose neuron is chaotic at this step, and nothing can be said of it from there on.
    /// </summary>
    [Theory]
    [MemberData(nameof(LibraryModels.NamesAndPrecisions), MemberType = typeof(LibraryModels))]
    public void Vector_code_agrees_with_the_interpreter(string model, string precision)
    {
        string text = LibraryModels.Network(model, TestSeed.Of(model), precision);
        using ShardRun reference = new(Runs.Compile(text, "reference"), 0, 1);
        using ShardRun shaken = new(Runs.Compile(text, "reference"), 0, 1);
        using ShardRun vector = new(Runs.Compile(text), 0, 1);
        Comparison comparison = new(reference.State, shaken.State, vector.State, precision == "float64" ? Math.ScaleB(1, -53) : Math.ScaleB(1, -24));
        for (int step = 0; step < LibraryModels.Steps; step++)
        {
            comparison.Advance(step);
        }

        int all = LibraryModels.Steps * LibraryModels.Size;
        TestContext.Current.TestOutputHelper?.WriteLine($"compared {(double)comparison.Compared / all:p0}, {comparison.Spikes} spikes, largest difference {comparison.Largest:g2} of the range, {comparison.LargestOfBound:p0} of the bound");
        Assert.True(comparison.Compared >= 0.8 * all, $"only {comparison.Compared} of {all} neuron steps could be compared");
        Assert.True(comparison.Spikes > 0 || ModelLibrary.Find(model)!.Spike is null, "no neuron ever spiked");
    }

    private sealed class Comparison(ShardState reference, ShardState shaken, ShardState vector, double rounding)
    {
        private readonly bool[] apart = new bool[LibraryModels.Size];
        private readonly double[] drift = new double[reference.Populations[0].Program.Columns.Length];
        private readonly double[] range = new double[reference.Populations[0].Program.Columns.Length];
        private readonly KeyedRandom signs = new(1, KeyedRandom.Purpose("signs"));

        public int Compared { get; private set; }

        public long Spikes { get; private set; }

        public double Largest { get; private set; }

        public double LargestOfBound { get; private set; }

        public void Advance(int step)
        {
            HashSet<int>[] fired = [.. new[] { reference, shaken, vector }.Select(state =>
            {
                state.RunUntilObserve(step);
                return state.Fired[0].Span.ToArray().ToHashSet();
            })];
            Spikes += fired[0].Count;
            for (int id = 0; id < LibraryModels.Size; id++)
            {
                apart[id] |= fired[0].Contains(id) != fired[1].Contains(id) || fired[0].Contains(id) != fired[2].Contains(id);
                Compared += apart[id] ? 0 : 1;
            }

            Column[] columns = [.. reference.Populations[0].Program.Columns];
            for (int c = 0; c < columns.Length; c++)
            {
                if (columns[c].IsState)
                {
                    Compare(c, step, columns[c].Name);
                    Shake(c, step);
                }
            }
        }

        private void Compare(int column, int step, string name)
        {
            double Read(ShardState state, int id) => state.Populations[0].Read(column, id);
            foreach (int id in Together())
            {
                range[column] = Math.Max(range[column], Math.Abs(Read(reference, id)));
            }

            foreach (int id in Together())
            {
                apart[id] = Math.Abs(Read(shaken, id) - Read(reference, id)) > MostAmplified * Roundings * rounding * range[column];
            }

            int[] ids = Together();
            foreach (int id in ids)
            {
                drift[column] = Math.Max(drift[column], Math.Abs(Read(shaken, id) - Read(reference, id)));
            }

            double bound = 4 * (drift[column] + (Roundings * rounding * range[column]));
            foreach (int id in ids)
            {
                double difference = Math.Abs(Read(vector, id) - Read(reference, id));
                Largest = Math.Max(Largest, difference / Math.Max(range[column], double.Epsilon));
                LargestOfBound = Math.Max(LargestOfBound, bound == 0 ? 0 : difference / bound);
                Assert.True(difference <= bound, $"{name} of neuron {id} after step {step}: {Read(vector, id):r}, and by the interpreter {Read(reference, id):r}; {difference:g3} apart, {bound:g3} allowed");
            }
        }

        private int[] Together() => [.. Enumerable.Range(0, LibraryModels.Size).Where(id => !apart[id])];

        private void Shake(int column, int step)
        {
            for (int id = 0; id < LibraryModels.Size; id++)
            {
                double sign = signs.Uniform((uint)id, ((long)step << 16) + column) < 0.5 ? -1 : 1;
                PopulationShard population = shaken.Populations[0];
                population.Write(column, id, population.Read(column, id) * (1 + (sign * Roundings * rounding)));
            }
        }
    }
}
