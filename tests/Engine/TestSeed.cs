using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Engine;

/// <summary>The seed of tests that draw: fresh in every run, printed, and taken from the environment variable BRAINSIM_TEST_SEED to repeat a failure.</summary>
internal static class TestSeed
{
    private static readonly int Seed = Environment.GetEnvironmentVariable("BRAINSIM_TEST_SEED") is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : Random.Shared.Next(1, int.MaxValue);

    /// <summary>Draws of one test: a function of the seed and the test's name.</summary>
    public static Random Of(string test)
    {
        Print();
        return new Random(Seed ^ test.Aggregate(17, (hash, c) => unchecked((hash * 31) + c)));
    }

    public static Config Config(int tests)
    {
        Print();
        return FsCheck.Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay((ulong)Seed, 1);
    }

    /// <summary>Values of a generator: a function of the seed.</summary>
    public static IEnumerable<T> Samples<T>(this Gen<T> values, int count)
    {
        Print();
        return values.Sample(numberOfSamples: count, seed: new Rnd((ulong)Seed), size: 50);
    }

    private static void Print() => TestContext.Current.TestOutputHelper?.WriteLine($"BRAINSIM_TEST_SEED={Seed}");
}
