using Xunit;

namespace BrainSim.Tests.Engine.NetworkFile;

/// <summary>One line per mistake: what is written instead of a line of the good network, and the one message that must come. Add yours below.</summary>
public sealed class NetworkMistakeTests(NetworkFileFixture files) : IClassFixture<NetworkFileFixture>
{
    /// <summary>Every line can be replaced by the word before its colon (in lists: after the dash).</summary>
    private static readonly (string Key, string Line)[] Good =
    [
        ("name", "name: net"),
        ("dt", "dt: 0.1"),
        ("duration", "duration: 10"),
        ("more", ""),
        ("models", "models: []"),
        ("populations", "populations:"),
        ("E", "  E: {size: 4, model: lif}"),
        ("P", "  P: {size: 4, model: poisson}"),
        ("F", "  F: {size: 2, like: E}"),
        ("projections", "projections:"),
        ("proj", "  - {pre: E, post: F, connect: {fixed_prob: 0.5}, synapse: exp_cond, weight: 0.6, delay: 0.1}"),
        ("inputs", "inputs:"),
        ("input", "  - {to: E.I, value: 20}"),
        ("monitors", "monitors:"),
        ("mon", "  - {name: v, of: E, record: V}"),
    ];

    private static string With(string key, string line) => string.Join('\n', Good.Select(g => g.Key == key ? line : g.Line)) + "\n";

    [Theory]
    [InlineData("name", "", "net.yaml:2:1: name: is missing.")]
    [InlineData("name", "nam: x\nname: x", "net.yaml:1:1: nam: no such key. Did you mean name?")]
    [InlineData("name", "name: [x]", "name: must be text, but is the list [x].")]
    [InlineData("dt", "", "dt: is missing.")]
    [InlineData("dt", "dt: 0", "net.yaml:2:5: dt: must be a number of ms from 0.000001 to 1000000, but is 0.")]
    [InlineData("dt", "dt: -0.1", "dt: must be a number of ms from 0.000001 to 1000000, but is -0.1.")]
    [InlineData("dt", "dt: .nan", "dt: must be a finite number, but is .nan.")]
    [InlineData("dt", "dt: .inf", "dt: must be a finite number, but is .inf.")]
    [InlineData("dt", "dt: 1e300", "dt: must be a number of ms from")]
    [InlineData("dt", "dt: 0.1 ms", "dt: must be a number, but is 0.1 ms.")]
    [InlineData("duration", "", "duration: is missing.")]
    [InlineData("duration", "duration: 10.05", "duration: 10.05 ms is no whole number of steps of 0.1 ms; the nearest are 10 and 10.1.")]
    [InlineData("duration", "duration: -1", "duration: -1 ms must not be negative.")]
    [InlineData("duration", "duration: 1e300", "must be 0 to 2146483647 steps of 0.1 ms")]
    [InlineData("more", "seed: -1", "seed: must be a whole number of at least 0, but is -1.")]
    [InlineData("more", "seed: 1.5", "seed: must be a whole number of at least 0, but is 1.5.")]
    [InlineData("more", "precision: float16", "precision: must be one of float64, float32, but is float16.")]
    [InlineData("more", "schedule: [arrive, input, update, spike]", "schedule: must hold each of arrive, input, update, spike, observe once, but is the list [arrive, input, update, spike].")]
    [InlineData("more", "schedule: [arrive, arrive, input, update, spike, observe]", "schedule: must hold each of")]
    [InlineData("more", "schedule: [arrive, input, update, spike, observe, [x]]", "schedule: must hold each of")]
    [InlineData("more", "schedule: update", "schedule: must hold each of arrive, input, update, spike, observe once, but is update.")]
    [InlineData("more", "schedule: [arrive, input, spike, update, observe]\n", "")]
    [InlineData("more", "extra: 1", "extra: no such key.")]
    [InlineData("E", "  E: {size: 4, model: lif}\n  E: {size: 4, model: lif}", "populations.E: this key is written twice, first in line 7.")]
    public void Whole_file(string key, string line, string expected) => AssertOne(key, line, expected);

    [Theory]
    [InlineData("E", "  E: {size: 0, model: lif}", "net.yaml:7:13: populations.E.size: must be a whole number from 1 to 100000000, but is 0.")]
    [InlineData("E", "  E: {size: -4, model: lif}", "populations.E.size: must be a whole number from 1 to 100000000, but is -4.")]
    [InlineData("E", "  E: {size: 1e12, model: lif}", "populations.E.size: must be a whole number from 1 to 100000000, but is 1e12.")]
    [InlineData("E", "  E: {size: 2.5, model: lif}", "populations.E.size: must be a whole number")]
    [InlineData("E", "  E: {size: [20000, 20000], model: lif}", "populations.E.size: 20000 x 20000 is more than 100000000 neurons.")]
    [InlineData("E", "  E: {size: [], model: lif}", "populations.E.size: must be one number, or a list of 1 to 8, such as [20, 20].")]
    [InlineData("E", "  E: {size: [1, 1, 1, 1, 1, 1, 1, 1, 1], model: lif}", "populations.E.size: must be one number, or a list of 1 to 8")]
    [InlineData("E", "  E: {size: , model: lif}", "populations.E.size: must be a whole number from 1 to 100000000, but is empty.")]
    [InlineData("E", "  E: {model: lif}", "populations.E.size: is missing.")]
    [InlineData("E", "  E: {size: 4}", "populations.E.model: is missing.\npopulations.F.model: is missing.")]
    [InlineData("E", "  E: {size: 4, model: lfi}", "populations.E.model: there is no neuron model 'lfi'. Did you mean lif?")]
    [InlineData("E", "  E: {size: 4, model: exp_cond}", "populations.E.model: 'exp_cond' is a synapse model where a neuron model is needed.")]
    [InlineData("E", "  E: [4]", "populations.E: must be a mapping, such as {size: 100, model: lif}, but is the list [4].")]
    [InlineData("E", "  E: {size: 4, model: lif, parms: {}}", "populations.E.parms: no such key. Did you mean params?")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tua: 5}}", "net.yaml:7:37: populations.E.params.tua: no such parameter of lif. Did you mean tau?")]
    [InlineData("E", "  E: {size: 4, model: lif, init: {v: 5}}", "populations.E.init.v: no such state variable of lif. Did you mean V?")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: 0}}", "net.yaml:7:42: populations.E.params.tau: tau of lif must be greater than 0 ms, but is 0.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: [1, 2, 0, 4]}}", "populations.E.params.tau: tau of lif must be greater than 0 ms, but item 2 is 0.\nhas the shape (4), and 2 numbers are needed, one for each.")]
    [InlineData("E", "  E: {size: 2, model: lif, params: {tau: [1, 0]}}", "populations.E.params.tau: tau of lif must be greater than 0 ms, but item 1 is 0.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: 2 - N}}", "populations.E.params.tau: tau of lif must be greater than 0 ms, but is -2.\ntau of lif must be greater than 0 ms, but is 0.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: -2*pi}}", "populations.E.params.tau: tau of lif must be greater than 0 ms, but is -6.28")]
    [InlineData("E", "  E: {size: 4, model: hh_channels, params: {Na.g_max: -1}}", "populations.E.params.Na.g_max: Na.g_max of hh_channels must be at least 0 mS/cm2, but is -1.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: .nan}}", "populations.E.params.tau: '.nan' is no number")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: .inf}}", "populations.E.params.tau: '.inf' is no number")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: 1e308*10}}", "populations.E.params.tau: '1E+308*10' is too large for float64.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: 5 + i/0}}", "populations.E.params.tau: 'i/0' always divides by zero.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: i > 2}}", "populations.E.params.tau: 'i > 2' is a condition where a number is needed; write where(i > 2, 1, 0).")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: 'truncated_normal(0, -1, 1, 2)'}}", "populations.E.params.tau: 'truncated_normal(0, -1, 1, 2)' cannot be drawn: its deviation must not be negative.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: 'truncated_normal(0, 1, 2, 1)'}}", "populations.E.params.tau: 'truncated_normal(0, 1, 2, 1)' cannot be drawn: its third number must not be above its fourth.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: 'truncated_normal(0, 0, 1, 2)'}}", "populations.E.params.tau: 'truncated_normal(0, 0, 1, 2)' cannot be drawn: its deviation is 0 and its mean lies outside its limits.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: R*2}}", "populations.E.params.tau: 'R' is not known here.")]
    [InlineData("E", "  E: {size: 4, model: lif, init: {V: V_rst}}", "populations.E.init.V: 'V_rst' is not known here. Did you mean V_rest?")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {tau: }}", "populations.E.params.tau: a number or an expression is missing.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: [1]}", "populations.E.params: must be a mapping, but is the list [1].")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {t_ref: 1.05}}", "populations.E.params.t_ref: the refractory time of 1.05 ms is no whole number of steps of 0.1 ms; the nearest are 1 and 1.1.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {t_ref: -1}}", "populations.E.params.t_ref: t_ref of lif must be at least 0 ms, but is -1.")]
    [InlineData("E", "  E: {size: 4, model: lif, params: {t_ref: 1e9}}", "populations.E.params.t_ref: the refractory time of 1000000000 ms must be 0 to 1000000 steps of 0.1 ms, which is 0 to 100000 ms.")]
    [InlineData("E", "  E: {size: 4, model: lif, substeps: 0}", "populations.E.substeps: must be a whole number from 1 to 10000, but is 0.")]
    [InlineData("E", "  E: {size: 4, model: lif, spikes: {t: [1], id: [0]}}", "populations.E.spikes: lif makes its own spikes; only a replaying model such as spike_source takes a list.")]
    [InlineData("F", "  F: {size: 2, like: G}", "populations.F.like: there is no population 'G'.")]
    [InlineData("F", "  F: {size: 2, like: F}", "populations.F.like: goes in a circle: F is like F; write one of them out.")]
    [InlineData("F", "  F: {size: 2, like: G}\n  G: {like: F}", "populations.G.like: goes in a circle: F is like G is like F; write one of them out.")]
    [InlineData("F", "  F: {size: 2, like: [E]}", "populations.F.like: must be text, but is the list [E].")]
    [InlineData("P", "  P-1: {size: 2, like: E}", "populations.P-1: 'P-1' is no name; use the letters a to z, digits and _, not beginning with a digit.")]
    [InlineData("P", "  Ü: {size: 2, like: E}", "populations.Ü: 'Ü' is no name;")]
    [InlineData("P", "  P: {size: 2, model: spike_source}", "populations.P.spikes: is missing; give {file: spikes.npz} with the arrays t (ms) and id, or {t: [...], id: [...]}.")]
    [InlineData("P", "  P: {size: 2, model: spike_source, spikes: {t: [1]}}", "populations.P.spikes: needs {file: spikes.npz} with the arrays t, id, or the lists themselves; id is missing.")]
    [InlineData("P", "  P: {size: 2, model: spike_source, spikes: {t: [1], id: [0, 1]}}", "populations.P.spikes: t has 1 items, id has 2 items; they must be of one length.")]
    [InlineData("P", "  P: {size: 2, model: spike_source, spikes: {t: [-1], id: [0]}}", "populations.P.spikes: t[0] is -1; a time must lie between 0 and")]
    [InlineData("P", "  P: {size: 2, model: spike_source, spikes: {t: [1], id: [2]}}", "populations.P.spikes: id[0] is 2; ids of the population are whole numbers from 0 to 1.")]
    [InlineData("P", "  P: {size: 2, model: spike_source, spikes: {file: twice.npz}}", "populations.P.spikes: neuron 1 spikes twice in one step, at 0.2 ms; a neuron spikes at most once in a step.")]
    [InlineData("P", "  P: {size: 2, model: spike_source, spikes: {file: none.npz}}", "none.npz: there is no such file.")]
    [InlineData("P", "  P: {size: 2, model: spike_source, spikes: {file: tau.npz}}", "tau.npz, array t:")]
    [InlineData("P", "  P: {size: 2, model: spike_source, spikes: [1]}", "populations.P.spikes: must be a mapping, but is the list [1].")]
    [InlineData("P", "  P: {size: 4, model: lif, params: {tau: {file: tau.npz, array: short}}}", "populations.P.params.tau: has the shape (2), and 4 numbers are needed, one for each.")]
    [InlineData("P", "  P: {size: 4, model: lif, params: {tau: {file: tau.npz, array: nan}}}", "populations.P.params.tau: item 2 is NaN; every number must be finite.")]
    [InlineData("P", "  P: {size: 4, model: lif, params: {tau: {file: tau.npz, array: tua}}}", "tau.npz, array tua:")]
    [InlineData("P", "  P: {size: 4, model: lif, params: {tau: {file: none.npz, array: tau}}}", "none.npz, array tau: there is no such file.")]
    [InlineData("P", "  P: {size: 4, model: lif, params: {tau: {file: \"a\\0b\", array: tau}}}", "populations.P.params.tau: names no file.")]
    [InlineData("P", "  P: {size: 4, model: lif, params: {tau: {flie: tau.npz, file: tau.npz, array: tau}}}", "populations.P.params.tau.flie: no such key. Did you mean file?")]
    public void Populations(string key, string line, string expected) => AssertOne(key, line, expected);

    [Theory]
    [InlineData("pre: G, post: F, connect: all_to_all, synapse: exp_cond", "net.yaml:11:11: projections[0].pre: there is no population 'G'.")]
    [InlineData("pre: E, post: [F, G], connect: all_to_all, synapse: exp_cond", "projections[0].post[1]: there is no population 'G'.")]
    [InlineData("pre: E, connect: all_to_all, synapse: exp_cond", "projections[0].post: is missing.")]
    [InlineData("pre: E, post: [], connect: all_to_all, synapse: exp_cond", "projections[0].post: must name at least one population.")]
    [InlineData("pre: E, post: [F, F], connect: all_to_all, synapse: exp_cond", "projections[0].post[1]: names F twice; write a second projection if both are meant.")]
    [InlineData("pre: E, post: F, synapse: exp_cond", "projections[0].connect: is missing.")]
    [InlineData("pre: E, post: F, connect: all_to_all", "projections[0].synapse: is missing.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_con", "projections[0].synapse: there is no synapse model 'exp_con'. Did you mean exp_cond?")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: lif", "projections[0].synapse: 'lif' is a neuron model where a synapse model is needed.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, wieght: 1", "projections[0].wieght: no such key. Did you mean weight?")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, params: {tua: 1}", "projections[0].params.tua: no such parameter of exp_cond. Did you mean tau?")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, params: {tau: 0}", "projections[0].params.tau: tau of exp_cond must be greater than 0 ms, but is 0.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, params: {tau: 'uniform(1, 2)'}", "projections[0].params.tau: tau of a synapse must be one number; only weights and delays may differ between synapses.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, params: {tau: [1, 2]}", "projections[0].params.tau: must be a number or an expression, but is the list [1, 2].")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, delay: 0.15", "projections[0].delay: 0.15 ms is no whole number of steps of 0.1 ms; the nearest are 0.1 and 0.2.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, delay: -0.1", "projections[0].delay: -0.1 ms must not be negative.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, delay: 1e6", "projections[0].delay: 1000000 ms must be 0 to 65535 steps of 0.1 ms, which is 0 to 6553.5 ms.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, delay: .nan", "projections[0].delay: '.nan' is no number")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, delay: weight", "projections[0].delay: 'weight' is not known here.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: exp_cond, weight: [1, 2]", "projections[0].weight: has 2 numbers, and E->F has 8 synapses.")]
    [InlineData("pre: E, post: F, connect: {fixed_prob: 0.1}, synapse: exp_cond, weight: [1, 2]", "projections[0].weight: a list needs a rule whose synapses are known: all_to_all, one_to_one, pairs or matrix;")]
    [InlineData("pre: E, post: E, connect: one_to_one, synapse: exp_cond, delay: [1, 1, -1, 1]", "projections[0].delay: delay 2 is -1 ms; a delay must not be negative.")]
    [InlineData("pre: E, post: F, connect: one_to_one, synapse: exp_cond", "projections[0].connect: one_to_one needs populations of one size, and E has 4, F has 2.")]
    [InlineData("pre: E, post: F, connect: all, synapse: exp_cond", "projections[0].connect: there is no rule 'all'; the rules are all_to_all, one_to_one, fixed_prob, fixed_total_num, fixed_pre_num, fixed_post_num, grid_four, grid_eight, grid_n, gaussian_prob, gaussian_weight, dog, small_world, scale_free_ba, scale_free_ba_dual, power_law, pairs, matrix.")]
    [InlineData("pre: E, post: F, connect: fixed_prob, synapse: exp_cond", "projections[0].connect: fixed_prob needs its probability: {fixed_prob: 0.02}.")]
    [InlineData("pre: E, post: F, connect: {fixed_prob: 1.5}, synapse: exp_cond", "projections[0].connect.fixed_prob: a probability lies between 0 and 1, and this is 1.5.")]
    [InlineData("pre: E, post: F, connect: {fixed_prob: -0.1}, synapse: exp_cond", "projections[0].connect.fixed_prob: a probability lies between 0 and 1, and this is -0.1.")]
    [InlineData("pre: E, post: F, connect: {fixed_prob: .nan}, synapse: exp_cond", "projections[0].connect.fixed_prob: must be a finite number, but is .nan.")]
    [InlineData("pre: E, post: F, connect: {fixed_prob: 0.1, all_to_all: true}, synapse: exp_cond", "projections[0].connect: names all_to_all and fixed_prob; one rule is needed.")]
    [InlineData("pre: E, post: F, connect: {fixed_porb: 0.1}, synapse: exp_cond", "projections[0].connect: there is no rule 'fixed_porb'. Did you mean fixed_prob?")]
    [InlineData("pre: E, post: F, connect: {include_self: true}, synapse: exp_cond", "projections[0].connect: names no rule; the rules are all_to_all, one_to_one, fixed_prob, fixed_total_num, fixed_pre_num, fixed_post_num, grid_four, grid_eight, grid_n, gaussian_prob, gaussian_weight, dog, small_world, scale_free_ba, scale_free_ba_dual, power_law, pairs, matrix.")]
    [InlineData("pre: E, post: F, connect: {all_to_all: false}, synapse: exp_cond", "projections[0].connect.all_to_all: must be true, or left out.")]
    [InlineData("pre: E, post: F, connect: {all_to_all: true, seed: 1}, synapse: exp_cond", "projections[0].connect.seed: no such option of all_to_all.")]
    [InlineData("pre: E, post: F, connect: {fixed_prob: 0.1, self: false}, synapse: exp_cond", "projections[0].connect.self: no such option of fixed_prob.")]
    [InlineData("pre: E, post: F, connect: {fixed_prob: 0.1, seed: -1}, synapse: exp_cond", "projections[0].connect.seed: must be a whole number of at least 0, but is -1.")]
    [InlineData("pre: E, post: F, connect: fixed_total_num, synapse: exp_cond", "projections[0].connect: fixed_total_num needs the number of synapses: {fixed_total_num: 10000}.")]
    [InlineData("pre: E, post: F, connect: fixed_pre_num, synapse: exp_cond", "projections[0].connect: fixed_pre_num needs the number of sources of each target: {fixed_pre_num: 100}.")]
    [InlineData("pre: E, post: F, connect: {fixed_total_num: 0.5}, synapse: exp_cond", "projections[0].connect.fixed_total_num: must be a whole number from 0 to 9007199254740992, but is 0.5.")]
    [InlineData("pre: E, post: F, connect: {fixed_total_num: -1}, synapse: exp_cond", "projections[0].connect.fixed_total_num: must be a whole number from 0 to 9007199254740992, but is -1.")]
    [InlineData("pre: E, post: F, connect: {fixed_total_num: 10/4}, synapse: exp_cond", "projections[0].connect.fixed_total_num: must be a whole number from 0 to 9007199254740992, but is 2.5.")]
    [InlineData("pre: E, post: F, connect: {fixed_total_num: [1, 2]}, synapse: exp_cond", "projections[0].connect.fixed_total_num: has 2 items; it must be one number, or 1, one for each population under post.")]
    [InlineData("pre: E, post: [E, F], connect: {fixed_prob: [0.1, 1.2]}, synapse: exp_cond", "projections[0].connect.fixed_prob[1]: a probability lies between 0 and 1, and this is 1.2.")]
    [InlineData("pre: E, post: F, connect: {fixed_total_num: 1, multapses: true}, synapse: exp_cond", "projections[0].connect.multapses: no such option of fixed_total_num.")]
    [InlineData("pre: E, post: F, connect: {fixed_pre_num: 5}, synapse: exp_cond", "projections[0].connect.fixed_pre_num: each neuron of F would need 5 different sources, and E has 4 to choose from; write fewer, or multapses: true beside it.")]
    [InlineData("pre: E, post: E, connect: {fixed_pre_num: 4, include_self: false}, synapse: exp_cond", "projections[0].connect.fixed_pre_num: each neuron of E would need 4 different sources, and E has 3 to choose from; write fewer, or multapses: true beside it.")]
    [InlineData("pre: E, post: F, connect: {fixed_pre_num: 4, multapses: 1}, synapse: exp_cond", "projections[0].connect.multapses: must be true or false, but is 1.")]
    [InlineData("pre: E, post: F, connect: {fixed_total_num: 9}, synapse: exp_cond, weight: [1, 2]", "projections[0].weight: a list needs a rule whose synapses are known:")]
    [InlineData("pre: E, post: F, connect: [1], synapse: exp_cond", "projections[0].connect: must be a mapping, but is the list [1].")]
    [InlineData("pre: E, post: F, connect: pairs, synapse: exp_cond", "projections[0].connect: pairs needs {file: edges.npz} with the arrays pre, post")]
    [InlineData("pre: E, post: F, connect: {pairs: {file: none.npz}}, synapse: exp_cond", "none.npz: there is no such file.")]
    [InlineData("pre: E, post: F, connect: {pairs: {file: tau.npz}}, synapse: exp_cond", "tau.npz, array pre:")]
    [InlineData("pre: E, post: F, connect: {pairs: {file: far.npz}}, synapse: exp_cond", "projections[0].connect.pairs: pre[1] is 4; ids of E are whole numbers from 0 to 3.")]
    [InlineData("pre: E, post: F, connect: {pairs: {file: table.npz}}, synapse: exp_cond", "projections[0].connect.pairs: table.npz, array pre: has the shape (2, 2); it must be one list.")]
    [InlineData("pre: E, post: F, connect: {pairs: {file: late.npz}}, synapse: exp_cond", "projections[0].connect.pairs: delay 0 is -1 ms; a delay must not be negative.")]
    [InlineData("pre: E, post: F, connect: {pairs: {pre: [0, 1], post: [0]}}, synapse: exp_cond", "projections[0].connect.pairs: pre has 2 items, post has 1 items; they must be of one length.")]
    [InlineData("pre: E, post: F, connect: {pairs: {pre: [0.5], post: [0]}}, synapse: exp_cond", "projections[0].connect.pairs: pre[0] is 0.5; ids of E are whole numbers from 0 to 3.")]
    [InlineData("pre: E, post: F, connect: {pairs: {pre: [0], post: [0], wieght: [1]}}, synapse: exp_cond", "projections[0].connect.pairs.wieght: no such key. Did you mean weight?")]
    [InlineData("pre: E, post: F, connect: {pairs: {pre: [0]}}, synapse: exp_cond", "projections[0].connect.pairs: needs {file: edges.npz} with the arrays pre, post, or the lists themselves; post is missing.")]
    [InlineData("pre: E, post: F, connect: {pairs: {file: edges.npz}}, synapse: exp_cond, weight: 2", "projections[0].weight: the rule under connect brings its own weights; remove one of the two.")]
    [InlineData("pre: E, post: F, connect: {pairs: {file: edges.npz}}, synapse: exp_cond, delay: 2", "projections[0].delay: the pairs bring their own delays; remove one of the two.")]
    [InlineData("pre: E, post: F, connect: {fixed_post_num: 3}, synapse: exp_cond", "projections[0].connect.fixed_post_num: each neuron of E would need 3 different targets, and F has 2 to choose from.")]
    [InlineData("pre: E, post: E, connect: {fixed_post_num: 4, include_self: false}, synapse: exp_cond", "projections[0].connect.fixed_post_num: each neuron of E would need 4 different targets, and E has 3 to choose from.")]
    [InlineData("pre: E, post: F, connect: grid_four, synapse: exp_cond", "projections[0].connect: grid_four needs populations of one shape, and E has [4], F has [2].")]
    [InlineData("pre: E, post: E, connect: grid_n, synapse: exp_cond", "projections[0].connect: grid_n needs the number of neighbours to each side: {grid_n: 2}.")]
    [InlineData("pre: E, post: E, connect: {grid_n: 0}, synapse: exp_cond", "projections[0].connect.grid_n: must be a whole number from 1 to 100000000, but is 0.")]
    [InlineData("pre: E, post: E, connect: {grid_eight: false}, synapse: exp_cond", "projections[0].connect.grid_eight: must be true, or left out.")]
    [InlineData("pre: E, post: E, connect: {grid_eight: true, seed: 3}, synapse: exp_cond", "projections[0].connect.seed: no such option of grid_eight.")]
    [InlineData("pre: E, post: E, connect: {grid_four: true, normalize: true}, synapse: exp_cond", "projections[0].connect.normalize: no such option of grid_four.")]
    [InlineData("pre: E, post: F, connect: {gaussian_prob: 0.2}, synapse: exp_cond", "projections[0].connect.gaussian_prob: must be a mapping, but is 0.2.")]
    [InlineData("pre: E, post: F, connect: {gaussian_prob: {sigma: 0}}, synapse: exp_cond", "projections[0].connect.gaussian_prob.sigma: a width must be above 0, and this is 0.")]
    [InlineData("pre: E, post: F, connect: {gaussian_prob: {p_min: 0.1}}, synapse: exp_cond", "projections[0].connect.gaussian_prob.sigma: is missing.")]
    [InlineData("pre: E, post: F, connect: {gaussian_prob: {sigma: 1, p_min: 2}}, synapse: exp_cond", "projections[0].connect.gaussian_prob.p_min: a probability lies between 0 and 1, and this is 2.")]
    [InlineData("pre: E, post: F, connect: {gaussian_prob: {sigma: 1, w_max: 2}}, synapse: exp_cond", "projections[0].connect.gaussian_prob.w_max: no such key of gaussian_prob.")]
    [InlineData("pre: E, post: F, connect: {gaussian_prob: {sigma: 1}, periodic: true, normalize: false}, synapse: exp_cond", "projections[0].connect: periodic without normalize needs populations of one shape, and E has [4], F has [2].")]
    [InlineData("pre: E, post: F, connect: {gaussian_weight: {sigma: 1, w_max: 0}}, synapse: exp_cond", "projections[0].connect.gaussian_weight.w_max: is 0, so that no pair would be connected.")]
    [InlineData("pre: E, post: F, connect: {gaussian_weight: {sigma: 1, w_max: 1, w_min: -1}}, synapse: exp_cond", "projections[0].connect.gaussian_weight.w_min: is compared with the size of a weight, so it must not be negative, and this is -1.")]
    [InlineData("pre: E, post: F, connect: {gaussian_weight: {sigma: 1, w_max: 1}, seed: 1}, synapse: exp_cond", "projections[0].connect.seed: no such option of gaussian_weight.")]
    [InlineData("pre: E, post: F, connect: {gaussian_weight: {sigma: 1, w_max: 1}}, synapse: exp_cond, weight: 2", "projections[0].weight: the rule under connect brings its own weights; remove one of the two.")]
    [InlineData("pre: E, post: F, connect: {dog: {sigmas: [1, 2, 3], ws_max: [1, 1]}}, synapse: exp_cond", "projections[0].connect.dog.sigmas: has 3 numbers; it must be two, of the first bell and of the one that is taken from it.")]
    [InlineData("pre: E, post: F, connect: {dog: {sigmas: [1, -2], ws_max: [1, 1]}}, synapse: exp_cond", "projections[0].connect.dog.sigmas: a width must be above 0, and this is -2.")]
    [InlineData("pre: E, post: F, connect: {dog: {sigmas: [1, 2], ws_max: [0, 0]}}, synapse: exp_cond", "projections[0].connect.dog.ws_max: is 0, so that no pair would be connected.")]
    [InlineData("pre: E, post: E, connect: {small_world: {num_neighbor: 4, prob: 0.1}}, synapse: exp_cond", "projections[0].connect.small_world.num_neighbor: must be fewer than the 4 neurons of E, and this is 4.")]
    [InlineData("pre: E, post: E, connect: {small_world: {num_neighbor: 1, prob: 0.1}}, synapse: exp_cond", "projections[0].connect.small_world.num_neighbor: must be a whole number from 2 to 2147483647, but is 1.")]
    [InlineData("pre: E, post: E, connect: {small_world: {num_neighbor: 2, prob: -0.1}}, synapse: exp_cond", "projections[0].connect.small_world.prob: a probability lies between 0 and 1, and this is -0.1.")]
    [InlineData("pre: E, post: F, connect: {small_world: {num_neighbor: 2, prob: 0.1}}, synapse: exp_cond", "projections[0].connect: small_world needs populations of one size, and E has 4, F has 2.")]
    [InlineData("pre: E, post: E, connect: {scale_free_ba: 4}, synapse: exp_cond", "projections[0].connect.scale_free_ba: must be fewer than the 4 neurons of E, and this is 4.")]
    [InlineData("pre: E, post: E, connect: {scale_free_ba: 2, include_self: true}, synapse: exp_cond", "projections[0].connect.include_self: no such option of scale_free_ba.")]
    [InlineData("pre: E, post: E, connect: {scale_free_ba_dual: {m1: 1, m2: 9, p: 0.5}}, synapse: exp_cond", "projections[0].connect.scale_free_ba_dual.m2: must be fewer than the 4 neurons of E, and this is 9.")]
    [InlineData("pre: E, post: E, connect: {scale_free_ba_dual: {m1: 1, m2: 2}}, synapse: exp_cond", "projections[0].connect.scale_free_ba_dual.p: is missing.")]
    [InlineData("pre: E, post: E, connect: {power_law: {m: 2, p: 1.5}}, synapse: exp_cond", "projections[0].connect.power_law.p: a probability lies between 0 and 1, and this is 1.5.")]
    [InlineData("pre: E, post: E, connect: power_law, synapse: exp_cond", "projections[0].connect: power_law needs the links of a new neuron and the probability of triangles: {power_law: {m: 3, p: 0.5}}.")]
    [InlineData("pre: E, post: F, connect: {matrix: [[0, 1], [1, 0]]}, synapse: exp_cond", "projections[0].connect.matrix: has the shape (2, 2); it must be (4, 2), one row for each neuron of E and one column for each of F.")]
    [InlineData("pre: E, post: F, connect: {matrix: [[0, 1], [1, 0, 1]]}, synapse: exp_cond", "projections[0].connect.matrix[1]: has 3 numbers, and the row before it 2.")]
    [InlineData("pre: E, post: F, connect: {matrix: [[0, 1], [1, 0], [0, 2], [1, 1]]}, synapse: exp_cond", "projections[0].connect.matrix: row 2, column 1 is 2; entries are 0 or 1, or weights where weights: true stands beside matrix.")]
    [InlineData("pre: E, post: F, connect: {matrix: [[0, 1], [1, 0], [0, 2], [1, 1]], weights: true}, synapse: exp_cond, weight: 1", "projections[0].weight: the rule under connect brings its own weights; remove one of the two.")]
    [InlineData("pre: E, post: F, connect: {matrix: {file: none.npy}}, synapse: exp_cond", "none.npy: there is no such file.")]
    [InlineData("pre: E, post: P, connect: all_to_all, synapse: delta", "projections[0].synapse: delta uses post.V, and poisson has no such variable.\nprojections[0].synapse: delta changes post.V, and poisson has no such state variable.")]
    [InlineData("pre: E, post: P, connect: all_to_all, synapse: exponential", "projections[0].synapse: exponential gives a current, and poisson has no inputs.")]
    [InlineData("pre: P, post: E, connect: all_to_all, synapse: gap_junction", "projections[0].synapse: gap_junction uses pre.V, and poisson has no such variable.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: rate_coupling", "projections[0].synapse: rate_coupling uses pre.r, and lif has no such variable.")]
    [InlineData("pre: E, post: F, connect: all_to_all, synapse: delta, while_refractory: added", "projections[0].while_refractory: must be one of lose, add, but is added.")]
    [InlineData("pre: E, post: [F, E], connect: all_to_all, synapse: exp_cond, while_refractory: lose", "projections[0].while_refractory: spikes through exp_cond change nothing that F or E holds while refractory; remove it.")]
    [InlineData("name: E, pre: E, post: F, connect: all_to_all, synapse: delta", "projections[0].name: 'E' is the name of a population; choose a new one.")]
    public void Projections(string entries, string expected) => AssertOne("proj", $"  - {{{entries}}}", expected);

    [Theory]
    [InlineData("value: 20", "net.yaml:13:5: inputs[0].to: is missing.")]
    [InlineData("to: E.I", "inputs[0]: needs exactly one of value, section, ramp, pulses, file, expr.")]
    [InlineData("to: E.I, value: 1, expr: t", "inputs[0]: needs exactly one of value, section, ramp, pulses, file, expr, but has value and expr.")]
    [InlineData("to: E, value: 20", "inputs[0].to: 'E' must be POPULATION.INPUT, such as E.I or E.I[0:100].")]
    [InlineData("to: G.I, value: 20", "inputs[0].to: there is no population 'G'.")]
    [InlineData("to: E.J, value: 20", "inputs[0].to: lif has no input 'J'. Did you mean I?")]
    [InlineData("to: P.I, value: 20", "inputs[0].to: poisson has no input 'I', and no other inputs.")]
    [InlineData("to: 'E.I[0:9]', value: 20", "inputs[0].to: '0:9' does not lie within the neurons 0 to 3.")]
    [InlineData("to: 'E.I[-1]', value: 20", "inputs[0].to: '-1' does not lie within the neurons 0 to 3.")]
    [InlineData("to: 'E.I[2:2]', value: 20", "inputs[0].to: '2:2' selects nothing;")]
    [InlineData("to: 'E.I[0:4:2]', value: 20", "inputs[0].to: an input acts on neurons side by side; write [from:to] without a stride.")]
    [InlineData("to: 'E.I[x]', value: 20", "inputs[0].to: 'x' is no index; write 3, 0:10 or 0:100:5.")]
    [InlineData("to: 'E.I[]', value: 20", "inputs[0].to: '' is no index;")]
    [InlineData("to: E.I, valeu: 20, value: 20", "inputs[0].valeu: no such key. Did you mean value?")]
    [InlineData("to: E.I, value: 20, op: '%'", "inputs[0].op: '%' is no operation; it is one of + - * / =.")]
    [InlineData("to: E.I, value: [1, 2]", "inputs[0].value: has the shape (2), and 4 numbers are needed, one for each.")]
    [InlineData("to: E.I, value: tau", "inputs[0].value: 'tau' is not known here.")]
    [InlineData("to: E.I, value: .inf", "inputs[0].value: '.inf' is no number")]
    [InlineData("to: E.I, expr: sin(T)", "inputs[0].expr: 'T' is not known here. Did you mean t?")]
    [InlineData("to: E.I, expr: t > 5", "inputs[0].expr: 't > 5' is a condition where a number is needed; write where(t > 5, 1, 0).")]
    [InlineData("to: E.I, expr: sin(t", "inputs[0].expr: character 6 of 'sin(t' is the end, where ',' or ')' is expected.")]
    [InlineData("to: E.I, section: 5", "inputs[0].section: must be a mapping, but is 5.")]
    [InlineData("to: E.I, section: {values: [1]}", "inputs[0].section: needs the lists values and durations (ms), of one length.")]
    [InlineData("to: E.I, section: {values: [1], durations: [1, 2]}", "inputs[0].section: needs the lists values and durations (ms), of one length.")]
    [InlineData("to: E.I, section: {values: [x], durations: [1]}", "inputs[0].section.values[0]: must be a number, but is x.")]
    [InlineData("to: E.I, section: {values: [1, 2], durations: [1, 2.05]}", "inputs[0].section.durations[1]: 2.05 ms is no whole number of steps of 0.1 ms; the nearest are 2 and 2.1.")]
    [InlineData("to: E.I, section: {values: [1, 2], durations: [1, -2]}", "inputs[0].section.durations[1]: -2 ms must not be negative.")]
    [InlineData("to: E.I, ramp: {from: 0, to: 1}", "inputs[0].ramp.t_end: is missing.")]
    [InlineData("to: E.I, ramp: {from: 0, to: 1, t_start: 5, t_end: 5}", "inputs[0].ramp: t_end (5 ms) must be later than t_start (5 ms).")]
    [InlineData("to: E.I, ramp: {from: 0, to: 1, t_end: 5.55}", "inputs[0].ramp.t_end: 5.55 ms is no whole number of steps of 0.1 ms; the nearest are 5.5 and 5.6.")]
    [InlineData("to: E.I, ramp: {from: 0, to: 1, t_end: 5, end: 5}", "inputs[0].ramp.end: no such key. Known are from, to, t_start, t_end.")]
    [InlineData("to: E.I, pulses: {at: [1], length: 1}", "inputs[0].pulses.size: is missing.")]
    [InlineData("to: E.I, pulses: {length: 1, size: 1}", "inputs[0].pulses.at: is missing.")]
    [InlineData("to: E.I, pulses: {at: 1, length: 1, size: 1}", "inputs[0].pulses.at: must be a list of numbers, but is 1.")]
    [InlineData("to: E.I, pulses: {at: [1, 2], length: [1], size: 1}", "inputs[0].pulses.length: has 1 items; it must be one number, or 2, one for each pulse.")]
    [InlineData("to: E.I, pulses: {at: [1.01], length: 1, size: 1}", "inputs[0].pulses.at[0]: 1.01 ms is no whole number of steps of 0.1 ms; the nearest are 1 and 1.1.")]
    [InlineData("to: E.I, file: {file: current.npz, array: J}", "current.npz, array J:")]
    [InlineData("to: F.I, file: {file: current.npz, array: I}", "inputs[0].file: has the shape (2, 4); it must be [time] or [time, 2].")]
    [InlineData("to: E.I, file: current.npz", "inputs[0].file: must be a mapping, but is current.npz.")]
    public void Inputs(string entries, string expected) => AssertOne("input", $"  - {{{entries}}}", expected);

    [Theory]
    [InlineData("of: E, record: V", "net.yaml:15:5: monitors[0].name: is missing.")]
    [InlineData("name: v, record: V", "monitors[0].of: is missing.")]
    [InlineData("name: v, of: E", "monitors[0].record: is missing: spikes, rate, or a list of variables.")]
    [InlineData("name: v, of: E, record: []", "monitors[0].record: is missing: spikes, rate, or a list of variables.")]
    [InlineData("name: v, of: G, record: V", "monitors[0].of: there is no population 'G'.")]
    [InlineData("name: v, of: E->E, record: g", "monitors[0].of: there is no projection 'E->E'. Did you mean E->F?")]
    [InlineData("name: v, of: E, record: U", "monitors[0].record: lif has no variable 'U'. Did you mean I?")]
    [InlineData("name: v, of: E, record: [V, V]", "monitors[0].record: names 'V' twice.")]
    [InlineData("name: v, of: E, record: [V, spikes]", "monitors[0].record: 'spikes' is recorded by a monitor of its own; make one more monitor.")]
    [InlineData("name: v, of: E, record: [[V]]", "monitors[0].record[0]: must be text, but is the list [V].")]
    [InlineData("name: v, of: E->F, record: spikes", "monitors[0].record: a projection has no spikes; record a variable of its synapses, or the population's spikes.")]
    [InlineData("name: v, of: E->F, record: weight", "monitors[0].record: exp_cond never changes the weight, so there is nothing to record.")]
    [InlineData("name: v, of: E->F, record: h", "monitors[0].record: exp_cond has no variable 'h'. Did you mean g?")]
    [InlineData("name: v, of: E, record: V, every: 0.15", "monitors[0].every: 0.15 ms is no whole number of steps of 0.1 ms; the nearest are 0.1 and 0.2.")]
    [InlineData("name: v, of: E, record: V, every: 0", "monitors[0].every: 0 ms must be 1 to 2146483647 steps of 0.1 ms")]
    [InlineData("name: v, of: E, record: spikes, every: 1", "monitors[0].every: spikes are recorded whenever they happen; remove it.")]
    [InlineData("name: v, of: E, record: V, index: '0:9'", "monitors[0].index: '0:9' does not lie within the neurons 0 to 3.")]
    [InlineData("name: v, of: E, record: V, index: 4", "monitors[0].index: '4' does not lie within the neurons 0 to 3.")]
    [InlineData("name: v, of: E, record: V, index: [0, 4]", "monitors[0].index: must list ids, whole numbers from 0 to 3.")]
    [InlineData("name: v, of: E, record: V, index: {a: 1}", "monitors[0].index: must be a list of numbers, but is the mapping {a: 1}.")]
    [InlineData("name: ../x, of: E, record: V", "monitors[0].name: '../x' becomes a file's name; use up to 100 letters, digits, _ and -, and not 'run'.")]
    [InlineData("name: RUN, of: E, record: V", "monitors[0].name: 'RUN' becomes a file's name;")]
    [InlineData("name: '', of: E, record: V", "monitors[0].name: '' becomes a file's name;")]
    [InlineData("name: v, of: E, record: V, indx: 0", "monitors[0].indx: no such key. Did you mean index?")]
    public void Monitors(string entries, string expected) => AssertOne("mon", $"  - {{{entries}}}", expected);

    [Fact]
    public void Two_monitors_of_one_name_are_refused() => AssertOne(
        "mon", "  - {name: v, of: E, record: V}\n  - {name: V, of: E, record: spikes}", "monitors[1].name: there are two monitors called 'V' (capital letters do not count).");

    [Fact]
    public void Two_projections_of_one_name_are_refused()
    {
        const string Line = "  - {name: a, pre: E, post: F, connect: all_to_all, synapse: delta}";
        AssertOne("proj", $"{Line}\n{Line}", "projections[1].name: 'a' is the name of another projection; choose a new one.");
    }

    [Theory]
    [InlineData("{}", "measures[0]: needs exactly one of rate, isi, cv_isi, firing_rate, cross_correlation, voltage_fluctuation, power_spectrum, van_rossum, victor_purpura.")]
    [InlineData("{name: r}", "measures[0]: needs exactly one of rate, isi")]
    [InlineData("{rate: {of: E}, isi: {of: E}}", "victor_purpura, but has rate and isi.")]
    [InlineData("{ratte: {of: E}}", "measures[0].ratte: no such key. Did you mean rate?")]
    [InlineData("{nam: r, rate: {of: E}}", "measures[0].nam: no such key. Did you mean name?")]
    [InlineData("{name: '', rate: {of: E}}", "measures[0].name: must have 1 to 100 characters.")]
    [InlineData("{rate: E}", "measures[0].rate: must be a mapping, but is E.")]
    [InlineData("{rate: {}}", "measures[0].rate.of: is missing.")]
    [InlineData("{rate: {of: []}}", "measures[0].rate.of: names no population.")]
    [InlineData("{rate: {of: G}}", "measures[0].rate.of: there is no population 'G'.")]
    [InlineData("{rate: {of: [E, G]}}", "measures[0].rate.of[1]: there is no population 'G'.")]
    [InlineData("{rate: {of: 'E['}}", "measures[0].rate.of: 'E[' must be a population, or some of its neurons such as E[3] or E[0:100].")]
    [InlineData("{rate: {of: 'E[4]'}}", "measures[0].rate.of: '4' does not lie within the neurons 0 to 3.")]
    [InlineData("{rate: {of: E, form: 1}}", "measures[0].rate.form: no such key. Did you mean from?")]
    [InlineData("{rate: {of: E, bin: 1}}", "measures[0].rate.bin: no such key.")]
    [InlineData("{rate: {of: E, from: 5, to: 5}}", "measures[0].rate: to (5 ms) must be later than from (5 ms).")]
    [InlineData("{rate: {of: E, from: 5, to: 4}}", "measures[0].rate: to (4 ms) must be later than from (5 ms).")]
    [InlineData("{rate: {of: E, from: 10}}", "measures[0].rate: to (10 ms) must be later than from (10 ms).")]
    [InlineData("{rate: {of: E, to: 11}}", "measures[0].rate.to: 11 ms must be 1 to 100 steps of 0.1 ms")]
    [InlineData("{rate: {of: E, from: -1}}", "measures[0].rate.from: -1 ms must not be negative.")]
    [InlineData("{rate: {of: E, from: 0.05}}", "measures[0].rate.from: 0.05 ms is no whole number of steps of 0.1 ms; the nearest are 0 and 0.1.")]
    [InlineData("{cv_isi: {of: E, min_spikes: 2}}", "measures[0].cv_isi.min_spikes: must be a whole number from 3 to")]
    [InlineData("{cross_correlation: {of: E}}", "measures[0].cross_correlation.bin: is missing.")]
    [InlineData("{cross_correlation: {of: E, bin: -1}}", "measures[0].cross_correlation.bin: -1 ms must not be negative.")]
    [InlineData("{cross_correlation: {of: E, bin: 0}}", "measures[0].cross_correlation.bin: 0 ms must be 1 to 100 steps of 0.1 ms")]
    [InlineData("{cross_correlation: {of: E, bin: 0.25}}", "measures[0].cross_correlation.bin: 0.25 ms is no whole number of steps of 0.1 ms; the nearest are 0.2 and 0.3.")]
    [InlineData("{cross_correlation: {of: E, bin: 6, from: 5}}", "measures[0].cross_correlation.bin: 6 ms must be 1 to 50 steps of 0.1 ms")]
    [InlineData("{cross_correlation: {of: 'E[2]', bin: 1}}", "measures[0].cross_correlation.of: E[2] is one neuron, and synchrony is between two or more.")]
    [InlineData("{firing_rate: {of: E}}", "measures[0].firing_rate.width: is missing.")]
    [InlineData("{firing_rate: {of: E, width: 0}}", "measures[0].firing_rate.width: 0 ms must be more than 0 and at most the measured 10 ms.")]
    [InlineData("{firing_rate: {of: E, width: 11}}", "measures[0].firing_rate.width: 11 ms must be more than 0 and at most the measured 10 ms.")]
    [InlineData("{firing_rate: {of: E, width: 1, window: gauss}}", "measures[0].firing_rate.window: must be one of gaussian, flat, but is gauss.")]
    [InlineData("{firing_rate: {of: E, width: 1, every: 0.15}}", "measures[0].firing_rate.every: 0.15 ms is no whole number of steps of 0.1 ms; the nearest are 0.1 and 0.2.")]
    [InlineData("{voltage_fluctuation: {of: F}}", "measures[0].voltage_fluctuation.of: needs V of every neuron of F, and no monitor records it; add {name: V_F, of: F, record: V}, or measure the recorded neurons, such as F[0:10].")]
    [InlineData("{voltage_fluctuation: {of: E, variable: U}}", "measures[0].voltage_fluctuation.variable: lif has no state variable 'U'.")]
    [InlineData("{voltage_fluctuation: {of: 'E[1]'}}", "measures[0].voltage_fluctuation.of: E[1] is one neuron, and synchrony is between two or more.")]
    [InlineData("{power_spectrum: {of: E}}", "measures[0].power_spectrum.bin: is missing.")]
    [InlineData("{power_spectrum: {of: E, bin: 6}}", "measures[0].power_spectrum.bin: a segment must be two or more whole bins long.")]
    [InlineData("{power_spectrum: {of: E, bin: 1, segment: 2.5}}", "measures[0].power_spectrum.segment: a segment must be two or more whole bins long.")]
    [InlineData("{power_spectrum: {of: E, bin: 1, segment: 11}}", "measures[0].power_spectrum.segment: 11 ms must be 1 to 100 steps of 0.1 ms")]
    [InlineData("{van_rossum: {of: E, tau: 1}}", "measures[0].van_rossum.with: is missing.")]
    [InlineData("{van_rossum: {of: E, with: E}}", "measures[0].van_rossum.tau: is missing.")]
    [InlineData("{van_rossum: {of: E, with: E, tau: 0}}", "measures[0].van_rossum.tau: must be a positive number of ms.")]
    [InlineData("{van_rossum: {of: E, with: F, tau: 1}}", "measures[0].van_rossum.with: has 2 neurons and E 4; trains are compared neuron by neuron, so name as many of both.")]
    [InlineData("{van_rossum: {of: E, with: G, tau: 1}}", "measures[0].van_rossum.with: there is no population 'G'.")]
    [InlineData("{victor_purpura: {of: E, with: E, cost: -1}}", "measures[0].victor_purpura.cost: must be a number per ms, and not negative.")]
    [InlineData("{rate: {of: E}}, {rate: {of: E, from: 5}}", "measures[1].rate: there are two measures called 'rate_E'; give one of them another name.")]
    [InlineData("5", "measures[0]: must be a mapping, but is 5.")]
    public void Measures(string entries, string expected) => AssertOne("models", $"measures: [{entries}]\nmodels: []", expected);

    [Fact]
    public void A_measure_of_spikes_needs_a_model_that_spikes() => AssertOne(
        "populations", "measures: [{rate: {of: [E, Z]}}]\npopulations:\n  Z: {size: 2, model: firing_rate_unit}", "measures[0].rate.of[1]: Z has no spikes to measure: firing_rate_unit has no rule for spikes.");

    [Fact]
    public void A_measure_of_all_needs_one_population_that_spikes()
    {
        string mistake = Assert.Single(files.Mistakes("name: n\ndt: 1\nduration: 1\npopulations: {Z: {size: 2, model: firing_rate_unit}}\nmeasures: [{rate: {of: all}}]"));
        Assert.Equal("net.yaml:5:24: measures[0].rate.of: no population of this file can spike.", mistake);
    }

    /// <summary>300,000 steps.</summary>
    [Fact]
    public void A_measure_of_too_many_numbers_is_refused() => AssertOne(
        "duration", "duration: 30000\nmeasures: [{firing_rate: {of: E, width: 1}}]", "measures[0].firing_rate.every: would give 300000 numbers; at most 100000 are kept in run.json.");

    [Theory]
    [InlineData("models: [{model: lif, kind: neuron}]", "models[0].model: 'lif' is a built-in model; give yours another name.")]
    [InlineData("models: [{model: m, kind: neuron}, {model: m, kind: neuron}]", "models[1].model: there are two models called 'm'.")]
    [InlineData("models: [{model: m, kind: neuron, state: {V: 0}, equations: {dV/dt: U}}]", "models[0].equations.dV/dt: m has nothing called 'U'.")]
    [InlineData("models: [{include: none.yaml}]", "models[0].include: none.yaml: there is no such file.")]
    [InlineData("models: [{include: big.yaml}]", "models[0].include: big.yaml: the text has 100000000 bytes or more; at most 4194304 are read.")]
    [InlineData("models: [{include: circle.yaml}]", "circle.yaml:1:13: [0].include: an included file holds models, and includes no others; name each file in the network file.")]
    [InlineData("models: [{include: wrong.yaml}]", "wrong.yaml:2:16: [0].equations.dV/dt: wrong has nothing called 'U'.")]
    [InlineData("models: [{include: own.yaml, as: x}]", "models[0].as: no such key.")]
    [InlineData("models: [5]", "models[0]: must be a mapping, but is 5.")]
    [InlineData("models: lif", "models: must be a list, but is lif.")]
    public void Models(string line, string expected) => AssertOne("models", line, expected);

    /// <summary>What depends on something broken says nothing more.</summary>
    [Theory]
    [InlineData("models", "models: [{model: bad, kind: neuron, state: {V: 0}, equations: {dV/dt: 2x}}]", "E", "  E: {size: 4, model: bad, params: {tau: 3}}")]
    [InlineData("models", "models: [{model: bad, kind: channel}]", "more", "")]
    [InlineData("models", "models: []", "E", "  E: {size: 0, model: lif, params: {tau: [1, 2]}}")]
    [InlineData("models", "models: []", "E", "  E: {size: 4, model: lfi}")]
    [InlineData("models", "measures: [{voltage_fluctuation: {of: E}}]", "mon", "  - {name: v, of: E, record: [V, U]}")]
    [InlineData("models", "measures: [{rate: {of: E, from: 5, to: 6}}, {cross_correlation: {of: E, bin: 1}}]", "dt", "dt: 0")]
    [InlineData("models", "measures: [{rate: {of: E, from: 5}}, {firing_rate: {of: E, width: 1}}]", "duration", "duration: 10.05")]
    [InlineData("models", "measures: [{rate: {of: E}}, {van_rossum: {of: E, with: E, tau: 1}}]", "E", "  E: {size: 0, model: lif}")]
    [InlineData("models", "models: []", "proj", "  - {pre: G, post: F, connect: all_to_all, synapse: delta}\n  - {pre: E, post: F, connect: all_to_all, synapse: delta, name: b}")]
    public void One_mistake_brings_no_others(string key, string line, string otherKey, string otherLine)
    {
        string text = string.Join('\n', Good.Select(g => g.Key == key ? line : g.Key == otherKey ? otherLine : g.Line));
        Assert.Single(files.Mistakes(text));
    }

    [Fact]
    public void Mistakes_of_all_parts_come_together()
    {
        const string Text = """
            name: net
            dt: 0.1
            duration: 10.05
            tilte: x
            populations:
              E: {size: 4, model: lif, params: {tua: 20, R: .nan}}
            projections:
              - {pre: E, post: E, connect: {fixed_prob: 2}, synapse: exp_cond, delay: 0.15}
            inputs:
              - {to: E.J, value: 1}
            monitors:
              - {name: a/b, of: E, record: U}
            """;
        string[] mistakes = files.Mistakes(Text);
        Assert.Equal(
            ["duration", "inputs[0].to", "monitors[0].name", "monitors[0].record", "populations.E.params.R", "populations.E.params.tua", "projections[0].connect.fixed_prob", "projections[0].delay", "tilte"],
            mistakes.Select(m => m.Split(": ")[1]).Order(StringComparer.Ordinal));
    }

    private void AssertOne(string key, string line, string expected)
    {
        string[] mistakes = files.Mistakes(With(key, line));
        string[] wanted = expected.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        bool fits = wanted.Length == mistakes.Length && wanted.All(w => mistakes.Any(m => m.Contains(w, StringComparison.Ordinal)));
        Assert.True(fits, $"Expected\n{expected}\nbut the mistakes are\n{string.Join('\n', mistakes)}");
    }
}
