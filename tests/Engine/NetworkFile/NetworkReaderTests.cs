using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.NetworkFile;

public sealed class NetworkReaderTests(NetworkFileFixture files) : IClassFixture<NetworkFileFixture>
{
    private const string Text = """
        name: net
        title: All that a file can say
        source: nobody
        dt: 0.1
        duration: 10
        seed: 42
        precision: float32
        models:
          - {model: s2, kind: synapse, state: {x: 0}, on_pre: {x: x + weight}, current: {to: I, value: x*pre.rate}}
          - include: own.yaml
        populations:
          E: {size: [2, 2], model: lif, params: {tau: 20, V_rest: -60, t_ref: 5}, init: {V: "normal(-60, 5)"}}
          F: {size: 2, like: E, params: {tau: 30, R: 2*3}, method: rk4, substeps: 4}
          G: {like: F, params: {R: [1, 2]}}
          P: {size: 4, model: poisson}
          S: {size: 4, model: spike_source, spikes: {file: in.npz}}
          C: {size: 4, model: hh_channels, params: {Na.g_max: {file: tau.npz, array: tau}}}
          O: {size: 1, model: own}
        projections:
          - {pre: E, post: [E, F], connect: {fixed_prob: 0.5, include_self: false, seed: 9}, synapse: exp_cond, params: {tau: 3}, weight: 0.6, delay: 0.3}
          - {pre: P, post: E, connect: {pairs: {file: edges.npz}}, synapse: s2}
          - {pre: E, post: E, connect: all_to_all, synapse: delta, weight: "0.1*delay", delay: "uniform(0.1, 2)"}
          - {name: own, pre: C, post: E, connect: one_to_one, synapse: delta, delay: 0}
        inputs:
          - {to: E.I, value: [1, 2, 3, 4]}
          - {to: "F.I[1:2]", section: {values: [0, 20, 0], durations: [1, 3, 1]}, op: "*"}
          - {to: "E.I[:]", ramp: {from: 0, to: 1, t_start: 2, t_end: 8}}
          - {to: "E.I[3]", pulses: {at: [1, 2], length: 0.5, size: [5, 6]}, op: "="}
          - {to: E.I, file: {file: current.npz, array: I}}
          - {to: E.I, expr: 5*sin(2*pi*t/tau) + i}
        monitors:
          - {name: spikes_E, of: E, record: spikes}
          - {name: v, of: E, record: [V, I], index: "0:4:2", every: 1.0}
          - {name: g, of: E->F, record: g, index: [1, 0]}
          - {name: rate_E, of: E, record: rate}
        """;

    private NetworkSpec Net => files.Read(Text);

    [Fact]
    public void The_file_is_what_the_specification_says()
    {
        NetworkSpec net = Net;
        Assert.Equal(("net", "All that a file can say", "nobody"), (net.Name, net.Title, net.Source));
        Assert.Equal((0.1, 100L, 42UL, Precision.Float32), (net.Grid.Dt, net.Steps, net.Seed, net.Precision));
        Assert.Same(Schedule.Default, net.Schedule);
        Assert.Equal(["E", "F", "G", "P", "S", "C", "O"], net.Populations.Select(p => p.Name));
        Assert.Equal(Enumerable.Range(0, 7), net.Populations.Select(p => p.Index));
        Assert.Matches("^[0-9a-f]{64}$", net.Hash);
    }

    [Fact]
    public void Populations_inherit_key_by_key_and_fill_in_defaults()
    {
        PopulationSpec[] p = [.. Net.Populations];
        Assert.Equal([2, 2], p[0].Shape);
        Assert.Equal([4, 2, 2, 4, 4, 4, 1], p.Select(x => x.Size));
        Assert.Equal(["V_rest", "V_reset", "V_th", "R", "tau", "t_ref"], p[0].Parameters.Select(x => x.Name));
        Assert.Equal([-60, -5, 20, 1, 20, 5], p[0].Parameters.Select(x => x.Value.Constant!.Value));
        Assert.Equal([-60, -5, 20, 6, 30, 5], p[1].Parameters.Select(x => x.Value.Constant!.Value));
        Assert.Equal("normal(-60, 5)", Assert.IsType<FromExpression>(p[1].Initial.Single().Value).Expr.ToString());
        Assert.Equal((2, "rk4", 4), (p[2].Size, p[2].Method, p[2].Substeps));
        Assert.Equal(("exponential_euler", 1), (p[0].Method, p[0].Substeps));
        Assert.Equal([1, 2], Assert.IsType<FromArray>(p[2].Parameter("R").Value).Items);
        Assert.Equal(30, p[2].Parameter("tau").Value.Constant);
        Assert.Equal([10, 20, 30, 40], Assert.IsType<FromArray>(p[5].Parameter("Na.g_max").Value).Items);
        Assert.Equal("k", Assert.IsType<FromExpression>(p[6].Initial.Single().Value).Expr.ToString());
    }

    /// <summary>Times 0.25, 0, 0.1 round up to 0.3, 0, 0.1; a spike of step k has time (k+1) dt.</summary>
    [Fact]
    public void Replayed_spikes_are_sorted_steps()
    {
        ReplayTable table = Net.Populations[4].Replay!;
        Assert.Equal([-1, 0, 2], table.Steps);
        Assert.Equal([0, 3, 1], table.Ids);
        Assert.Null(Net.Populations[0].Replay);
    }

    [Fact]
    public void Projections_have_their_targets_written_out_and_delays_in_steps()
    {
        ProjectionSpec[] p = [.. Net.Projections];
        Assert.Equal(["E->E", "E->F", "P->E", "E->E#2", "own"], p.Select(x => x.Name));
        Assert.Equal([(0, 0), (0, 1), (3, 0), (0, 0), (5, 0)], p.Select(x => (x.Pre, x.Post)));
        Assert.Equal(new FixedProbability(0.5) { IncludeSelf = false, Seed = 9 }, p[1].Connect);
        Assert.Equal([3, 0.0], p[0].Parameters.Select(x => x.Value.Constant!.Value));
        Assert.Equal((0.6, 3), (p[0].Weight.Constant, p[0].Delay.Steps));
        Pairs pairs = Assert.IsType<Pairs>(p[2].Connect);
        Assert.Equal([0, 1, 3], pairs.Pre);
        Assert.Equal([1, 1, 0], pairs.Post);
        Assert.Equal([0.5, 1.5, 2.5], pairs.Weight!);
        Assert.Equal([0.1, 0.26, 1], pairs.DelayMilliseconds!);
        Assert.Equal(("0.1*delay", "uniform(0.1, 2)"), (((FromExpression)p[3].Weight).Expr.ToString(), ((FromExpression)p[3].Delay.Milliseconds!).Expr.ToString()));
        Assert.Equal((1.0, 0), (p[4].Weight.Constant, p[4].Delay.Steps));
        Assert.IsType<OneToOne>(p[4].Connect);
    }

    [Fact]
    public void Inputs_have_their_slices_and_times_in_steps()
    {
        InputSpec[] inputs = [.. Net.Inputs];
        Assert.Equal(
            [(0, 0, 4, InputOperation.Add), (1, 1, 2, InputOperation.Multiply), (0, 0, 4, InputOperation.Add), (0, 3, 4, InputOperation.Set), (0, 0, 4, InputOperation.Add), (0, 0, 4, InputOperation.Add)],
            inputs.Select(i => (i.Population, i.From, i.To, i.Operation)));
        Assert.Equal([1, 2, 3, 4], ((FromArray)((ConstantSignal)inputs[0].Signal).Value).Items);
        SectionSignal section = (SectionSignal)inputs[1].Signal;
        Assert.Equal([0, 20, 0], section.Values);
        Assert.Equal([10L, 40, 50], section.Ends);
        Assert.Equal(new RampSignal(0, 1, 20, 80), inputs[2].Signal);
        PulseSignal pulses = (PulseSignal)inputs[3].Signal;
        Assert.Equal([10L, 20], pulses.At);
        Assert.Equal([5L, 5], pulses.Lengths);
        Assert.Equal([5.0, 6], pulses.Sizes);
        Assert.Equal((4, 2), (((TableSignal)inputs[4].Signal).Width, ((TableSignal)inputs[4].Signal).Length));
        Assert.Equal("5*sin(6.283185307179586*t/tau) + i", ((ExpressionSignal)inputs[5].Signal).Expr.ToString());
    }

    [Fact]
    public void Monitors_have_their_ids_and_steps()
    {
        MonitorSpec[] m = [.. Net.Monitors];
        Assert.Equal([MonitorKind.Spikes, MonitorKind.Variables, MonitorKind.Variables, MonitorKind.Rate], m.Select(x => x.Kind));
        Assert.Equal(["V", "I"], m[1].Variables);
        Assert.Equal([0, 2], m[1].Ids!);
        Assert.Equal([1, 10, 1, 1], m.Select(x => x.EverySteps));
        Assert.Equal((1, 1), (m[2].Population, m[2].Projection));
        Assert.Equal([1, 0], m[2].Ids!);
        Assert.Null(m[0].Ids);
    }

    [Fact]
    public void A_schedule_that_tests_spikes_first_needs_a_delay()
    {
        const string Before = "name: a\ndt: 0.1\nduration: 1\nschedule: [arrive, input, spike, update, observe]\npopulations: {E: {size: 2, model: lif}}\n";
        const string Projection = "projections: [{pre: E, post: E, connect: all_to_all, synapse: delta";
        Assert.Equal(1, files.Read($"{Before}{Projection}}}]").Projections[0].Delay.Steps);
        Assert.Contains("0 ms must be 1 to 65535 steps", Assert.Single(files.Mistakes($"{Before}{Projection}, delay: 0}}]")));
        Assert.Contains("hh compares with the state before the update (old.)", Assert.Single(files.Mistakes(Before.Replace("lif", "hh", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("populations.F.params.tau=40", 40)]
    [InlineData("populations.F.params={tau: 50}", 50)]
    [InlineData("populations.E.params.tau=40", 30)]
    public void Settings_replace_values(string setting, double tau) =>
        Assert.Equal(tau, files.Read(Text, setting).Populations[1].Parameter("tau").Value.Constant);

    [Fact]
    public void Settings_reach_lists_new_keys_dotted_names_and_models()
    {
        NetworkSpec net = files.Read(Text, "projections[0].weight=0.7", "populations.P.params.rate=50", "populations.C.params.Na.g_max=99", "seed=7", "models[0].state.x=5", "populations.O.init.V=3");
        Assert.Equal(0.7, net.Projections[0].Weight.Constant);
        Assert.Equal(50, net.Populations[3].Parameter("rate").Value.Constant);
        Assert.Equal(99, net.Populations[5].Parameter("Na.g_max").Value.Constant);
        Assert.Equal(7UL, net.Seed);
        Assert.Equal(5, net.Projections[2].Initial.Single().Value.Constant);
        Assert.Equal(3, net.Populations[6].Initial.Single().Value.Constant);
    }

    [Theory]
    [InlineData("seed", "--set: seed: must be path=value, such as populations.E.params.tau=10.")]
    [InlineData("seed=", "--set: seed=: must be path=value")]
    [InlineData(" =5", "must be path=value")]
    [InlineData("projections[9].weight=1", "--set: projections[9].weight: projections is a list of 4; name one of its items, projections[0] to [3].")]
    [InlineData("projections.0.weight=1", "--set: projections.0.weight: projections is a list of 4; name one of its items")]
    [InlineData("seed.x=1", "--set: seed.x: seed is a value, and has nothing below it that could be set.")]
    [InlineData("populations.E.params.tua=1", "--set: populations.E.params.tua: no such parameter of lif. Did you mean tau?")]
    [InlineData("populations.E.size=-1", "--set: populations.E.size: must be a whole number from 1 to 100000000, but is -1.")]
    [InlineData("populatoins.E.size=1", "--set: populatoins.E.size: no such key. Did you mean populations?")]
    [InlineData("seed=[1", "--set seed:")]
    public void Wrong_settings_say_so(string setting, string expected) => Assert.Contains(expected, files.Mistakes(Text, setting)[0]);

    [Fact]
    public void A_path_of_a_million_keys_is_refused() =>
        Assert.Contains("must be path=value", Assert.Single(files.Mistakes(Text, string.Concat(Enumerable.Repeat("a.", 1_000_000)) + "b=1")));

    [Theory]
    [InlineData("duration: 10", "duration:   10   # ms", true)]
    [InlineData("duration: 10", "\n\nduration: '10'", null)]
    [InlineData("weight: 0.6", "weight: 0.7", false)]
    [InlineData("title: All", "title: Nothing", false)]
    public void The_hash_depends_on_content_and_not_on_layout(string old, string changed, bool? same)
    {
        string text = Text.Replace(old, changed, StringComparison.Ordinal);
        Assert.NotEqual(Text, text);
        if (same is null)
        {
            Assert.Contains("must be a number, but is the text", Assert.Single(files.Mistakes(text)));
            return;
        }

        Assert.Equal(same, files.Read(text).Hash == Net.Hash);
    }

    [Fact]
    public void The_hash_depends_on_arrays_settings_and_includes()
    {
        using NetworkFileFixture other = new();
        Assert.Equal(Net.Hash, other.Read(Text).Hash);
        Assert.NotEqual(Net.Hash, files.Read(Text, "seed=43").Hash);
        Assert.Equal(Net.Hash, files.Read(Text, "seed=42").Hash);
        other.Arrays("tau.npz", ("tau", [10, 20, 30, 41], []));
        string arrays = other.Read(Text).Hash;
        File.AppendAllText(Path.Combine(other.Folder, "own.yaml"), "- {model: more, kind: neuron, state: {x: 0}}\n");
        Assert.Equal(3, new[] { Net.Hash, arrays, other.Read(Text).Hash }.Distinct().Count());
    }

    /// <summary>1 MB of text in one anchor, named 50,000 times.</summary>
    [Fact]
    public void Aliases_of_a_large_text_are_one_mistake()
    {
        string text = $"name: &a {new string('x', 1_000_000)}\ndt: 0.1\nduration: 1\npopulations: {{E: {{size: 1, model: lif}}}}\ninputs: [{string.Join(", ", Enumerable.Repeat("{to: *a, value: 1}", 50_000))}]\n";
        Assert.Contains("more than 200000 values", Assert.Single(files.Mistakes(text)));
    }

    [Fact]
    public void Anchors_that_explode_are_one_mistake()
    {
        IEnumerable<string> tenfold = Enumerable.Range(1, 9).Select(j => $"a{j}: &a{j} [{string.Join(", ", Enumerable.Repeat($"*a{j - 1}", 10))}]\n");
        Assert.Contains("more than 200000 values", Assert.Single(files.Mistakes("a0: &a0 [1, 2]\n" + string.Concat(tenfold))));
    }

    [Fact]
    public void A_chain_of_ten_thousand_likes_is_read_in_time()
    {
        IEnumerable<string> chain = Enumerable.Range(1, 9_999).Reverse().Select(j => $"  P{j}: {{like: P{j - 1}}}\n");
        NetworkSpec net = files.Read("name: a\ndt: 0.1\nduration: 1\npopulations:\n" + string.Concat(chain) + "  P0: {size: 3, model: lif}\n");
        Assert.All(net.Populations, p => Assert.Equal(3, p.Size));
    }

    /// <summary>1,000 files with a few characters changed: each is read or refused by mistakes, and nothing else comes out.</summary>
    [Fact]
    public void A_damaged_file_is_read_or_refused()
    {
        const string Alphabet = "ab1:-?,[]{}#&*!|>'\"% \n.0eE+/=";
        Random random = new(1);
        for (int round = 0; round < 1_000; round++)
        {
            char[] text = Text.ToCharArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            }

            string[] mistakes = files.Mistakes(new string(text));
            Assert.All(mistakes, m => Assert.Matches(@"(?s)^.+: .{10,}[.?…]$", m));
        }
    }

    [Fact]
    public void Every_example_is_read()
    {
        string folder = Architecture.Repository.Root;
        string[] examples = Directory.GetFiles(Path.Combine(folder, "examples"), "*.yaml", SearchOption.AllDirectories);
        Assert.NotEmpty(examples);
        Assert.All(examples, file => Assert.NotEmpty(NetworkReader.Read(file, []).Populations));
    }
}
