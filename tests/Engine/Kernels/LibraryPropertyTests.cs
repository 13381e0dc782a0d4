using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Models;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Engine.Kernels;

/// <summary>Every model of the library, with parameters, states and inputs that nobody chose: vector code of every width does what the interpreter does.</summary>
/// <remarks>
/// The bound. Between its columns an update of the library does fewer than 64 operations on one path, each rounded once; elementary functions are good to 2 units in the last place, and powers of
/// families of exponentials to 8 (ExponentialFamilies). So both results are exact ones of numbers that are at most 64 roundings off, and what that does to the result is measured: the
/// interpreter runs again with every parameter, state and input moved by 64 roundings, up or down by chance, four times. The largest change, and 64 roundings of the number itself, twice over
/// for two results and once more for what four draws of signs miss, is the bound of each number of each neuron. Where the spike itself hangs on a rounding nothing is compared.
/// </remarks>
public sealed class LibraryPropertyTests
{
    private const int Tests = 8;

    private const int Roundings = 64;

    private const int Shakes = 4;

    /// <summary>A synapse's sources, targets and their variable that it moves; neither spikes by itself, but for what the replayed sources do.</summary>
    private static readonly Dictionary<string, (string Pre, string Post)> Partners = new()
    {
        ["exp_cond"] = ("replay", "model: lif"), ["exponential"] = ("replay", "model: lif"), ["delta"] = ("replay", "model: lif"), ["current_jump"] = ("replay", "model: iaf_psc_exp"),
        ["gap_junction"] = ("rest", "model: lif"), ["rate_coupling"] = ("rest", "model: rate"),
    };

    public static TheoryData<string, string> Synapses => new(
        from name in ModelLibrary.Names
        where ModelLibrary.Find(name)!.Kind == ModelKind.Synapse && Partners.ContainsKey(name)
        from precision in new[] { "float64", "float32" }
        select (name, precision));

    [Theory]
    [MemberData(nameof(LibraryModels.NamesAndPrecisions), MemberType = typeof(LibraryModels))]
    public void Neurons(string model, string precision) =>
        Check(precision, steps: 1, (random, shake) => Neuron(ModelLibrary.Find(model)!, precision, random, shake));

    [Theory]
    [MemberData(nameof(Synapses))]
    public void ASynapse(string model, string precision) =>
        Check(precision, steps: 8, (random, shake) => Projection(ModelLibrary.Find(model)!, precision, random, shake));

    /// <summary>Makes a network of a number's draws, with every number passed through the second argument.</summary>
    private static void Check(string precision, int steps, Func<Random, Func<double, double>, string> network)
    {
        double rounding = Math.ScaleB(1, precision == "float64" ? -53 : -24);
        (long compared, long apart) = (0, 0);
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            Random signs = new(seed);
            double Shaken(double x) => x * (1 + ((signs.Next(2) == 0 ? -1 : 1) * Roundings * rounding));
            string text = network(new Random(seed), x => x);
            using ShardRun reference = After(steps, text, "reference");
            ShardRun[] shaken = [.. Enumerable.Range(0, Shakes).Select(_ => After(steps, network(new Random(seed), Shaken), "reference"))];
            foreach ((string name, BackEnd backEnd, _) in Runs.BackEnds.Where(b => b.BackEnd == BackEnd.Cpu))
            {
                using ShardRun vector = After(steps, text, name);
                Compare(reference.State, shaken, vector.State, rounding, $"{name}, of number {seed}", ref compared, ref apart);
            }

            Array.ForEach(shaken, run => run.Dispose());
        }).Check(TestSeed.Config(Tests));
        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} numbers compared, {apart} hung on a rounding");
        Assert.True(apart <= 0.05 * (compared + apart), $"{apart} numbers hung on a rounding, and only {compared} were compared");
    }

    private static ShardRun After(int steps, string text, string backEnd)
    {
        ShardRun run = new(Runs.Compile(text, backEnd), 0, 1);
        run.Open(new BrainSim.Engine.Exchange.ExchangePlan(run.State.Network.Schedule, [run.State.Reach(1)]));
        using BrainSim.Engine.Exchange.SpikeBatch batch = new(0, run.State.Populations.Count);
        while (run.Step < steps)
        {
            run.Advance(steps, batch);
        }

        return run;
    }

    private static void Compare(ShardState reference, ShardRun[] shaken, ShardState vector, double rounding, string where, ref long compared, ref long apart)
    {
        for (int p = 0; p < reference.Populations.Count; p++)
        {
            PopulationShard population = reference.Populations[p];
            for (int c = 0; c < population.Program.Columns.Length; c++)
            {
                for (int id = 0; population.Program.Columns[c].IsState && id < population.Slice.Count; id++)
                {
                    double expected = population.Read(c, id);
                    double found = vector.Populations[p].Read(c, id);
                    bool Differs(ShardState state) => state.Populations[p].ActiveFromOfAll[id] != population.ActiveFromOfAll[id] || state.Fired[p].Span.Contains(id) != reference.Fired[p].Span.Contains(id);
                    if (Differs(vector) || Array.Exists(shaken, run => Differs(run.State)) || !double.IsFinite(expected))
                    {
                        apart++;
                        continue;
                    }

                    compared++;
                    double drift = shaken.Max(run => Math.Abs(run.State.Populations[p].Read(c, id) - expected));
                    double bound = 3 * (drift + (Roundings * rounding * Math.Abs(expected)));
                    Assert.True(Math.Abs(found - expected) <= bound, $"{population.Program.Columns[c].Name} of neuron {id} is {found:r} with {where}, and by the interpreter {expected:r}; {Math.Abs(found - expected):g3} apart, {bound:g3} allowed");
                }
            }
        }
    }

    private static string Neuron(ModelSpec model, string precision, Random random, Func<double, double> pass) => $$"""
        name: {{model.Name}}
        dt: {{LibraryModels.Text(LibraryModels.Dt)}}
        duration: 1
        seed: {{random.Next(1, 1_000_000)}}
        precision: {{precision}}
        populations:
          p:
            size: {{LibraryModels.Size}}
            model: {{model.Name}}
            params: { {{string.Join(", ", model.Parameters.Select((p, i) => $"{p.Name}: {Values(i % 2 == 0 && p.Name != "t_ref", () => Drawn(p, random, pass))}"))}} }
            init: { {{string.Join(", ", model.State.Select(s => $"{s.Name}: {Values(true, () => State(s, model, random, pass))}"))}} }
        inputs: [{{string.Join(", ", model.Inputs.Select(input => $"{{to: p.{input}, value: {Values(true, () => pass(LibraryModels.DriveBetween(model.Name, (1.5 * random.NextDouble()) - 0.25)))}}}"))}}]
        """;

    private static string Projection(ModelSpec model, string precision, Random random, Func<double, double> pass) => $$"""
        name: {{model.Name}}
        dt: {{LibraryModels.Text(LibraryModels.Dt)}}
        duration: 1
        seed: {{random.Next(1, 1_000_000)}}
        precision: {{precision}}
        models: [{model: rate, kind: neuron, state: {r: 0}, inputs: [I], equations: {dr/dt: I - r} }]
        populations:
          replay: {size: 9, model: spike_source, spikes: {t: [0.1, 0.2, 0.3, 0.5], id: [0, 4, 8, 4]} }
          post: {size: {{LibraryModels.Size}}, {{Partners[model.Name].Post}} }
          rest: {size: 9, {{Partners[model.Name].Post}}, init: { {{(Partners[model.Name].Post.EndsWith("rate") ? "r" : "V")}}: {{Values(true, () => pass(10 * random.NextDouble()), 9)}} } }
        projections:
          - pre: {{Partners[model.Name].Pre}}
            post: post
            connect: all_to_all
            synapse: {{model.Name}}
            weight: {{Values(true, () => pass(random.NextDouble() / 10), 9 * LibraryModels.Size)}}
            params: { {{string.Join(", ", model.Parameters.Select(p => $"{p.Name}: {Values(false, () => Drawn(p, random, pass))}"))}} }
        """;

    private static string Values(bool each, Func<double> draw, int count = LibraryModels.Size) =>
        each ? $"[{string.Join(", ", Enumerable.Range(0, count).Select(_ => LibraryModels.Text(draw())))}]" : LibraryModels.Text(draw());

    /// <summary>Where a parameter's range ends at 0, from half the default to twice, evenly in the logarithm; else within a fifth of the default, or of 1, to both sides. Times that must be whole steps are.</summary>
    private static double Drawn(Parameter parameter, Random random, Func<double, double> pass)
    {
        double standard = LibraryModels.Default(parameter);
        if (parameter.Name == "t_ref")
        {
            return Math.Round(random.Next(0, 30) * LibraryModels.Dt, 6);
        }

        bool positive = parameter.Range.Low == 0 && standard > 0;
        double drawn = positive ? standard * Math.Pow(2, (2 * random.NextDouble()) - 1) : standard + (0.2 * ((2 * random.NextDouble()) - 1) * Math.Max(Math.Abs(standard), 1));
        drawn = parameter.Range.Holds(drawn) ? drawn : standard;
        return pass(drawn);
    }

    /// <summary>Within 30 % of where a run begins, or within 1 of it where that is small.</summary>
    private static double State(StateVariable variable, ModelSpec model, Random random, Func<double, double> pass)
    {
        double initial = Evaluation.Of(variable.Initial, name => LibraryModels.Default(model.Parameters.First(p => p.Name == name)));
        return pass(initial + ((Math.Abs(initial) >= 1 ? 0.3 * Math.Abs(initial) : 0.3) * ((2 * random.NextDouble()) - 1)));
    }
}
