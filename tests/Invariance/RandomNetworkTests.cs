using BrainSim.Engine.Kernels.Cpu;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>Networks that nobody thought of: each is drawn from one number, runs on random layouts, and must leave the same bits.</summary>
public sealed class RandomNetworkTests
{
    private const int Tests = 100;

    /// <summary>A failure prints the network's text, the layouts and the seed that repeats it.</summary>
    [Fact]
    public void One_network_gives_one_state()
    {
        long spikes = 0;
        int failures = 0;
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            string text = Draw(random);
            CompiledNetwork compiled = CompiledNetwork.Of(Runs.Read(text));
            using SerialRun one = new(compiled);
            Fingerprint? expected = Fails(one, text) ? null : Fingerprint.Of(one, compiled.Network);
            spikes += one.Recordings.SpikeCounts.Sum();
            failures += expected is null ? 1 : 0;
            string? difference = OnOtherLayouts(compiled, expected, text, random);
            difference ??= expected is null ? null : OtherHosts.DifferenceFrom(expected, compiled, random.Next(2, 9), random) ?? ThroughACheckpoint(compiled, expected, random);
            Assert.True(difference is null, $"{difference}, in the network of number {seed}:\n{text}");
        }).Check(TestSeed.Config(Tests));
        Assert.True(spikes > 20 * Tests, $"only {spikes} spikes in all networks together");
        Assert.True(failures <= Tests / 10, $"{failures} of {Tests} networks blew up, so they compared little");
    }

    /// <param name="expected">Null where the network must blow up.</param>
    private static string? OnOtherLayouts(CompiledNetwork compiled, Fingerprint? expected, string text, Random random)
    {
        string? difference = null;
        for (int layout = 0; layout < 3 && difference is null; layout++)
        {
            int shards = random.Next(2, 9);
            int bits = VectorWidth.Supported.ElementAt(random.Next(VectorWidth.Supported.Count()));
            using SerialRun run = new(CompiledNetwork.Of(compiled.Network, BackEnd.Cpu, bits), shards);
            bool failed = Fails(run, text);
            string? found = failed != expected is null ? "only one blows up" : expected is null ? null : Fingerprint.Of(run, compiled.Network).DifferenceFrom(expected);
            difference = found is null ? null : $"{found} with {bits} bits on {shards} shards";
        }

        return difference;
    }

    private static string? ThroughACheckpoint(CompiledNetwork compiled, Fingerprint expected, Random random)
    {
        (int before, int after, int step) = (random.Next(1, 9), random.Next(1, 9), random.Next(1, (int)compiled.Network.Steps));
        using SerialRun first = new(compiled, before);
        first.RunTo(step);
        using SerialRun second = Runs.From(compiled, after, first, first.TakeCheckpoint());
        return Fingerprint.Of(second.Run(), compiled.Network).DifferenceFrom(expected) is { } difference
            ? $"{difference} after a checkpoint of {before} shards at step {step}, restored on {after}"
            : null;
    }

    /// <summary>Some networks are too much for Euler's method; then they are too much in every layout.</summary>
    private static bool Fails(SerialRun run, string text)
    {
        try
        {
            run.Run();
            return false;
        }
        catch (NumericalFailureException failure)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{failure.Message}\n{text}");
            return true;
        }
    }

    private static string Draw(Random random)
    {
        ModelSpec[] models = [.. LibraryModels.Neurons];
        bool spikesFirst = random.Next(4) == 0;
        ModelSpec[] fitting = [.. models.Where(m => !spikesFirst || m.Spike?.When is not { } when || !when.ToString().Contains(Scope.Old, StringComparison.Ordinal))];
        ModelSpec[] chosen = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => random.Next(3) == 0 ? ModelLibrary.Find("lif")! : fitting[random.Next(fitting.Length)])];
        int[] sizes = [.. chosen.Select(_ => random.Next(1, 40))];
        string populations = string.Concat(chosen.Select((m, p) => $"  p{p}: {{size: {sizes[p]}, model: {m.Name}{Rate(m)}}}\n"));
        string inputs = string.Concat(chosen.SelectMany((m, p) => m.Inputs.Take(1).Select(input => $"  - {{to: p{p}.{input}, value: {LibraryModels.Drive(m.Name)}}}\n")));
        string projections = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Projection(random, chosen, sizes, spikesFirst)));
        string monitors = string.Concat(chosen.Select((_, p) => $"  - {{name: s{p}, of: p{p}, record: spikes}}\n"));
        return $"""
            name: drawn
            dt: 0.1
            duration: 20
            seed: {random.Next(1, 1000)}
            precision: {(random.Next(2) == 0 ? "float64" : "float32")}
            schedule: {(spikesFirst ? "[arrive, input, spike, update, observe]" : "[arrive, input, update, spike, observe]")}
            populations:
            {populations}inputs:
            {(inputs.Length == 0 ? "  []\n" : inputs)}projections:
            {(projections.Length == 0 ? "  []\n" : projections)}monitors:
            {monitors}
            """;
    }

    private static string Rate(ModelSpec model) => model.Name == "poisson" ? ", params: {rate: 300}" : "";

    private static string Projection(Random random, ModelSpec[] models, int[] sizes, bool spikesFirst)
    {
        int pre = random.Next(models.Length);
        int post = random.Next(models.Length);
        ModelSpec target = models[post];
        string synapse = random.Next(4) switch
        {
            3 when target.HasState("V") && models[pre].HasState("V") && !target.Inputs.IsEmpty => "gap_junction",
            0 when target.HasState("V") => "delta",
            1 when target.HasState("V") && !target.Inputs.IsEmpty => "exp_cond",
            _ when !target.Inputs.IsEmpty => "exponential",
            _ => "",
        };
        string weight = Pick(random, "0.02", "-0.01", "\"normal(0, 0.03)\"", "\"uniform(0, 0.05)\"");
        string delay = Pick(random, "0.1", "0.5", "3.2", "\"uniform(0.1, 2)\"", spikesFirst ? "0.2" : "0", "\"0.1 + exponential(1)\"");
        string rule = sizes[pre] == sizes[post] && random.Next(3) == 0
            ? "one_to_one"
            : Pick(random, "all_to_all", "{fixed_prob: 0.1}", "{fixed_prob: 0.5}", "{fixed_prob: 0.3, include_self: false, seed: 5}",
                "{fixed_total_num: 40}", "{fixed_pre_num: 1}", "{fixed_pre_num: 7, multapses: true}", "{fixed_post_num: 1}", "{gaussian_prob: {sigma: 0.2}}", PairRule(random, sizes[pre], sizes[post]));
        string parameters = synapse == "exp_cond" ? ", params: {E: -20}" : "";
        string wiring = random.Next(4) == 0 ? $"connect: {SparsePairs(random, sizes[pre], sizes[post])}" : $"connect: {rule}, delay: {delay}";
        return synapse.Length == 0 ? "" : $"  - {{pre: p{pre}, post: p{post}, {wiring}, synapse: {synapse}, weight: {weight}{parameters}}}\n";
    }

    private static string PairRule(Random random, int pre, int post)
    {
        int count = random.Next(1, 50);
        string Ids(int size) => string.Join(", ", Enumerable.Range(0, count).Select(_ => random.Next(size)));
        return $"{{pairs: {{pre: [{Ids(pre)}], post: [{Ids(post)}]}}}}";
    }

    /// <summary>So few that some shards send nothing to some others, each with its own delay of 1 to 100 steps.</summary>
    private static string SparsePairs(Random random, int pre, int post)
    {
        int count = random.Next(1, 7);
        string Many(Func<double> draw) => string.Join(", ", Enumerable.Range(0, count).Select(_ => LibraryModels.Text(draw())));
        return $"{{pairs: {{pre: [{Many(() => random.Next(pre))}], post: [{Many(() => random.Next(post))}], delay: [{Many(() => random.Next(1, 101) / 10.0)}]}}}}";
    }

    private static string Pick(Random random, params string[] texts) => texts[random.Next(texts.Length)];
}
