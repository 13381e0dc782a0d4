using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Invariance;

/// <summary>Small networks that use every way in which a neuron can act on another. Sizes are no multiples of the shard counts or vector widths.</summary>
internal static class InvariantNetworks
{
    private const string Coba = """
        populations:
          E: {size: 83, model: lif, params: {tau: 20, V_rest: -60, V_reset: -60, V_th: -50, t_ref: 5}, init: {V: "normal(-60, 5)"} }
          I: {size: 21, like: E}
        projections:
          - {pre: E, post: [E, I], connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {tau: 5, E: 0}, weight: 0.6, delay: 0.1}
          - {pre: I, post: [E, I], connect: {fixed_prob: 0.2}, synapse: exp_cond, params: {tau: 10, E: -80}, weight: 6.7, delay: DELAY}
        inputs: [{to: E.I, value: 20}, {to: I.I, value: 20}]
        """;

    private const string Driven = """
        populations:
          A: {size: 23, model: lif, params: {t_ref: "uniform(0.5, 3)"}, init: {V: "uniform(0, 20)"} }
          B: {size: 17, model: lif, params: {tau: "uniform(8, 12)"}, init: {V: "uniform(0, 20)"} }
        projections:
          PROJECTIONS
        inputs: [{to: A.I, value: "uniform(18, 26)"}, {to: B.I, expr: "normal(21, 2)"}]
        """;

    private const string Every = """
        every: {A: 5, B: 2, C: 3, "B->B": 4}
        populations:
          A: {size: 23, model: lif, params: {t_ref: "uniform(0.5, 3)", tau: "uniform(8, 12)"}, method: exponential_euler, substeps: 2, init: {V: "uniform(0, 20)"} }
          B: {size: 17, model: lif, init: {V: "uniform(0, 20)"} }
          C: {size: 9, model: poisson, params: {rate: 200} }
        projections:
          - {pre: A, post: [A, B], connect: {fixed_prob: 0.3}, synapse: exponential, weight: "uniform(0, 1)", delay: "uniform(0.1, 2)"}
          - {pre: B, post: B, connect: {fixed_prob: 0.4, include_self: false}, synapse: gap_junction, weight: "uniform(0, 0.05)", params: {k_spikelet: 9}, delay: 0.2}
          - {pre: A, post: B, connect: {fixed_prob: 0.4}, synapse: gap_junction, weight: 0.01, params: {k_spikelet: 5}, delay: "uniform(0.1, 1)"}
          - {pre: C, post: A, connect: all_to_all, synapse: delta, weight: 0.5, delay: 0.3}
        inputs: [{to: A.I, value: "uniform(18, 26)"}, {to: B.I, expr: "normal(21, 2)"}, {to: "A.I[3:9]", section: {values: [1, 2], durations: [7, 13]} }]
        """;

    /// <summary>Kept per source where delays are one number: one weight or many, all to all with and without itself.</summary>
    private const string Receptors = """
        {pre: A, post: [A, B], connect: {fixed_prob: 0.4}, synapse: ampa, params: {E: 60, T_duration: 1}, weight: "uniform(0, 0.02)", delay: 0.5}
          - {pre: B, post: B, connect: {fixed_prob: 0.4}, synapse: ampa, params: {E: 60}, weight: 0.05, delay: 0.5}
          - {pre: A, post: B, connect: all_to_all, synapse: nmda, params: {E: 60}, weight: 0.001, delay: 0.5}
          - {pre: B, post: A, connect: all_to_all, synapse: gaba_a, weight: 0.0005, delay: 0.5}
          - {pre: A, post: A, connect: {all_to_all: true, include_self: false}, synapse: gaba_b, params: {kd: 1e-4}, weight: 0.01, delay: 0.5}
        """;

    /// <summary>Variables of single synapses and sources that are recorded, by network.</summary>
    private static readonly Dictionary<string, string> Recorded = new()
    {
        ["stdp"] = """
              - {name: weights, of: A->B, record: weight, index: [7, 0, 60, 33], every: 0.7}
              - {name: traces, of: A->B, record: A_s, index: "3:19:4"}
              - {name: kept, of: A->B, record: [s, A_t], index: [3, 16, 0]}
              - {name: all, of: B->A, record: [weight, A_s], every: 9}
            """,
        ["rates that learn"] = "  - {name: weights, of: B->A, record: weight, every: 5}",
    };

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["coba"] = Coba.Replace("DELAY", "0.1", StringComparison.Ordinal),
        ["coba, random delays"] = Coba.Replace("DELAY", "\"uniform(0.1, 2)\"", StringComparison.Ordinal),
        ["coba, no delay"] = Coba.Replace("delay: 0.1", "delay: 0", StringComparison.Ordinal).Replace("DELAY", "\"uniform(0, 2)\"", StringComparison.Ordinal),
        ["coba, spikes first"] = "schedule: [arrive, input, spike, update, observe]\n" + Coba.Replace("DELAY", "0.3", StringComparison.Ordinal),
        ["coba, arrive last"] = "schedule: [input, observe, update, spike, arrive]\n" + Coba.Replace("DELAY", "0.3", StringComparison.Ordinal),
        ["delta"] = Between("{pre: A, post: [A, B], connect: {fixed_prob: 0.3}, synapse: delta, weight: 1.5, delay: 0.5}"),
        ["delta, random weights and delays"] = Between("{pre: A, post: [A, B], connect: {fixed_prob: 0.3}, synapse: delta, weight: \"normal(1, 0.5)\", delay: \"uniform(0.1, 2)\"}"),
        ["exponential"] = Between("{pre: A, post: [A, B], connect: {fixed_prob: 0.3}, synapse: exponential, weight: \"uniform(0, 3)\", delay: 1.5}"),
        ["weight by delay"] = Between("{pre: A, post: B, connect: {fixed_prob: 0.3, seed: 9}, synapse: exponential, weight: \"2*exp(-delay)\", delay: \"exponential(1)\"}"),
        ["pairs"] = Between("{pre: A, post: B, connect: {pairs: " + Pairs(23, 17, 200) + "}, synapse: exponential}"),
        ["fixed_total_num"] = Between("{pre: A, post: [A, B], connect: {fixed_total_num: [300, 200], include_self: false}, synapse: delta, weight: \"truncated_normal(1, 0.5, 0, 1e9)\", delay: \"uniform(0.1, 2)\"}"),
        ["fixed_pre_num"] = Between("{pre: A, post: [A, B], connect: {fixed_pre_num: 9}, synapse: exponential, weight: \"uniform(0, 3)\", delay: \"uniform(0.1, 2)\"}"),
        ["fixed_pre_num, multapses"] = Between("{pre: B, post: [A, B], connect: {fixed_pre_num: 30, multapses: true, seed: 4}, synapse: exponential, weight: \"uniform(0, 0.5)\", delay: 0.3}"),
        ["fixed_post_num"] = Between("{pre: A, post: [A, B], connect: {fixed_post_num: [9, 7], include_self: false}, synapse: exponential, weight: \"uniform(0, 3)\", delay: \"uniform(0.1, 2)\"}"),
        ["grids"] = OnGrids("""
            {pre: A, post: A, connect: grid_four, synapse: delta, weight: 2, delay: 0.3}
              - {pre: A, post: A, connect: {grid_eight: true, periodic: true}, synapse: exponential, weight: "normal(0.5, 1)", delay: "uniform(0, 2)"}
              - {pre: B, post: B, connect: {grid_n: 2, include_self: true}, synapse: delta, weight: -0.3, delay: 0.1}
            """),
        ["gaussians"] = OnGrids("""
            {pre: A, post: B, connect: {gaussian_prob: {sigma: 0.3, p_min: 0.05}}, synapse: delta, weight: "uniform(0, 3)", delay: "uniform(0, 2)"}
              - {pre: A, post: A, connect: {gaussian_weight: {sigma: 1.2, w_max: 2}, normalize: false, periodic: true, include_self: false}, synapse: exponential, delay: 0.4}
              - {pre: B, post: A, connect: {dog: {sigmas: [0.3, 0.5], ws_max: [3, 1.3]}}, synapse: exponential, delay: "uniform(0, 2)"}
            """),
        ["dog between couplings"] = OnGrids("{pre: A, post: [A, B], connect: {dog: {sigmas: [0.2, 0.5], ws_max: [0.05, 0.02]}}, synapse: gap_junction, params: {k_spikelet: 9}}"),
        ["graphs"] = Between("""
            {pre: A, post: A, connect: {small_world: {num_neighbor: 4, prob: 0.3}}, synapse: delta, weight: "normal(1, 0.5)", delay: "uniform(0.1, 2)"}
              - {pre: A, post: A, connect: {small_world: {num_neighbor: 5, prob: 0.4}, directed: true, include_self: true, seed: 3}, synapse: delta, weight: -0.4, delay: 0.2}
              - {pre: A, post: A, connect: {scale_free_ba: 3, directed: true}, synapse: exponential, weight: "normal(1, 0.5)", delay: 0.2}
              - {pre: B, post: B, connect: {scale_free_ba_dual: {m1: 1, m2: 4, p: 0.6}}, synapse: delta, weight: "normal(1, 0.5)", delay: 0.5}
              - {pre: A, post: B, connect: {fixed_prob: 0.2}, synapse: delta, weight: 1, delay: 0.2}
              - {pre: B, post: B, connect: {power_law: {m: 2, p: 0.7}}, synapse: exponential, weight: 0.6, delay: "uniform(0.1, 2)"}
            """),
        ["matrix"] = Between("{pre: A, post: B, connect: {matrix: " + Matrix(23, 17) + ", weights: true}, synapse: exponential, delay: \"uniform(0, 2)\"}"),
        ["one_to_one"] = Between("{pre: A, post: A, connect: one_to_one, synapse: exponential, weight: 4, delay: 0.2}"),
        ["all_to_all"] = Between("{pre: B, post: A, connect: all_to_all, synapse: delta, weight: -0.3, delay: 0.1}"),
        ["no self"] = Between("{pre: A, post: A, connect: {all_to_all: true, include_self: false}, synapse: exp_cond, params: {E: 40}, weight: 0.02, delay: \"uniform(0.1, 2)\"}"),
        ["two onto one variable"] = Between("""
            {pre: A, post: B, connect: {fixed_prob: 0.4}, synapse: delta, weight: 1.1, delay: "uniform(0.1, 1)"}
              - {pre: B, post: B, connect: {fixed_prob: 0.4}, synapse: delta, weight: -0.7, delay: 0.7}
              - {pre: A, post: B, connect: {fixed_prob: 0.4}, synapse: exponential, weight: 0.7, delay: 0.2}
            """),
        ["dense onto what is held"] = """
            populations:
              A: {size: 23, model: lif, params: {t_ref: "uniform(0.5, 4)"}, init: {V: "uniform(0, 19)"} }
              B: {size: 17, model: lif, params: {t_ref: 3}, init: {V: "uniform(0, 19)"} }
            projections:
              - {pre: A, post: [A, B], connect: all_to_all, synapse: delta, weight: "normal(0.3, 0.1)", delay: 0.5}
              - {pre: B, post: [A, B], connect: all_to_all, synapse: delta, weight: -0.1, delay: 0.2}
            inputs: [{to: A.I, value: "uniform(18, 25)"}, {to: B.I, value: "uniform(18, 25)"}]
            """,
        ["gap junctions"] = Between("{pre: A, post: [A, B], connect: {fixed_prob: 0.4, include_self: false}, synapse: gap_junction, weight: \"uniform(0, 0.05)\", params: {k_spikelet: 9}, delay: \"uniform(0, 1)\"}"),
        ["gap junctions, also while refractory"] = Between("""
            {pre: A, post: [A, B], connect: {fixed_prob: 0.4, include_self: false}, synapse: gap_junction, weight: "uniform(0, 0.05)", params: {k_spikelet: 9}, delay: "uniform(0, 1)", while_refractory: add}
              - {pre: A, post: B, connect: {fixed_prob: 0.3}, synapse: delta, weight: "normal(1, 0.5)", delay: "uniform(0.1, 2)", while_refractory: add}
              - {pre: B, post: A, connect: {fixed_prob: 0.3}, synapse: delta, weight: 0.5, delay: 0.3, while_refractory: add}
            """),
        ["gap junctions, spikes first"] = "schedule: [spike, update, arrive, observe, input]\n" + Between("{pre: A, post: [A, B], connect: all_to_all, synapse: gap_junction, weight: 0.005, params: {k_spikelet: 60}}"),
        ["coupling only"] = """
            models:
              - {model: leaky, kind: neuron, params: {tau: "uniform(5, 9)", c: 2}, state: {V: "normal(i/N, 0.2)", r: 0}, inputs: [I, J], equations: {dV/dt: (-V + I + J)/tau}, update: {r: tanh(V)}, spike: {when: V >= 1, then: {V: 0}} }
              - {model: squash, kind: synapse, params: {k: 0.1}, let: {d: pre.r - post.V}, current: {to: J, value: weight*tanh(k*d*pre.tau)*post.tau/pre.c + 0.01*sin(t)} }
            populations:
              A: {size: 23, model: leaky}
              B: {size: 17, model: leaky, params: {tau: "uniform(3, 4)"} }
            projections:
              - {pre: A, post: A, connect: {fixed_prob: 0.5}, synapse: squash, weight: "normal(0.3, 0.1)", params: {k: 0.2} }
              - {pre: B, post: A, connect: all_to_all, synapse: rate_coupling, weight: "uniform(0, 0.2)"}
              - {pre: A, post: B, connect: {pairs: PAIRS}, synapse: squash}
            inputs: [{to: A.I, value: "uniform(1, 4)"}, {to: B.I, value: "uniform(2, 4)"}]
            """.Replace("PAIRS", Pairs(23, 17, 200).Replace("delay", "DELAYS", StringComparison.Ordinal).Split(", DELAYS")[0] + "}", StringComparison.Ordinal),
        ["receptors"] = Between(Receptors),
        ["receptors, random delays"] = Between(Receptors.Replace("delay: 0.5", "delay: \"uniform(0, 1)\"", StringComparison.Ordinal)),
        ["receptors, arrive last"] = "schedule: [input, observe, update, spike, arrive]\n" + Between(Receptors),
        ["receptors, spikes first"] = "schedule: [spike, update, arrive, observe, input]\n" + Between(Receptors),
        ["currents that rise"] = Between("""
            {pre: A, post: [A, B], connect: {fixed_prob: 0.4}, synapse: alpha, weight: "uniform(0, 1)", delay: 0.5}
              - {pre: B, post: [A, B], connect: {fixed_prob: 0.4}, synapse: dual_exponential, weight: -1, delay: "uniform(0, 2)"}
            """),
        ["short-term plasticity"] = Between("""
            {pre: A, post: [A, B], connect: {fixed_prob: 0.4}, synapse: stp, weight: "uniform(0, 9)", delay: 0.3}
              - {pre: B, post: [A, B], connect: all_to_all, synapse: stp, params: {U: 0.5, tau_f: 20, tau_d: 300}, weight: 2, delay: "uniform(0, 2)"}
            """),
        ["stdp"] = Between("""
            {pre: A, post: [A, B], connect: {fixed_prob: 0.4}, synapse: stdp, params: {w_max: 1}, weight: "uniform(0, 1)", delay: 0.3}
              - {pre: B, post: [A, B], connect: all_to_all, synapse: stdp, params: {w_max: 0.4, delta_A_t: 0.1}, weight: 0.2, delay: "uniform(0, 2)"}
              - {pre: A, post: B, connect: {fixed_pre_num: 30, multapses: true}, synapse: stdp, params: {w_max: 0.4}, weight: "uniform(0, 0.1)"}
              - {pre: B, post: A, connect: {pairs: PAIRS}, synapse: stdp, params: {w_max: 1.5}}
            """.Replace("PAIRS", Pairs(17, 23, 200), StringComparison.Ordinal)),
        ["stdp, arrive last"] = "schedule: [update, spike, arrive, input, observe]\n" + Between("{pre: A, post: [A, B], connect: {fixed_prob: 0.4}, synapse: stdp, params: {w_max: 1}, weight: \"uniform(0, 1)\", delay: 0.3}"),
        ["rates that learn"] = """
            models:
              - {model: rate, kind: neuron, params: {tau: "uniform(5, 9)"}, state: {V: "normal(i/N, 0.2)", r: 0}, inputs: [I], equations: {dV/dt: (-V + I)/tau}, update: {r: tanh(V)}, spike: {when: V >= 1, then: {V: 0}} }
            populations:
              A: {size: 23, model: rate}
              B: {size: 17, model: rate}
            projections:
              - {pre: A, post: [A, B], connect: {fixed_prob: 0.4}, synapse: oja, params: {lr: 0.2}, weight: "uniform(0, 0.2)"}
              - {pre: B, post: A, connect: all_to_all, synapse: bcm, params: {lr: 0.2, tau_theta: 5}, weight: 0.1}
              - {pre: A, post: A, connect: {all_to_all: true, include_self: false}, synapse: bcm, params: {lr: 0.3}, weight: "uniform(0, 0.1)"}
            inputs: [{to: A.I, value: "uniform(1, 4)"}, {to: B.I, value: "uniform(1, 4)"}]
            """,
        ["everything a synapse can say"] = """
            models:
              - model: busy
                kind: synapse
                params: {tau: 3, k: 0.3, top: 2}
                state: {a: k, b: 0, c: 1, d: 0, s: 0, n: 0}
                let: {slow: 5*tau}
                equations: {da/dt: -a/tau + 0.1*b, db/dt: (post.V/20 - b)/slow, dc/dt: (1 - c)/slow + 0.01*sin(t), dd/dt: -d/tau + 0.01*(pre.V - post.V)*c, ds/dt: -s/tau}
                update: {n: "max(n - 1, 0)"}
                on_pre: {a: a + k*c, s: s + weight*(c + 0.1*a + 0.01*post.w + 0.001*t), c: c*0.8, post.V: post.V + 0.1*weight*c*(delay + 1) + 0.002*post.w, n: round(1/dt), post.w: post.w + 0.01*a*n}
                on_post: {d: d + k*weight, b: b + 0.01, weight: weight*(1 + 0.05*tanh(d)) + 0.001*b}
                clip: {weight: [0.1*k, top], d: [-1, 1], b: [-3, 3]}
                current: weight*0.01*d*(30 - post.V)/(1 + exp(-post.V/9)) + s - 0.002*c*(post.V + k) + where(n > 0, 0.1, 0)
                method: METHOD
              - {model: adapts, kind: neuron, params: {tau: "uniform(8, 12)"}, state: {V: "uniform(0, 20)", w: 0}, inputs: [I], equations: {dV/dt: (-V + I - w)/tau, dw/dt: -w/30}, spike: {when: V >= 20, then: {V: 0, w: w + 1}, refractory: {for: 1.5, hold: [V]}} }
            populations:
              A: {size: 23, model: adapts}
              B: {size: 17, model: adapts}
            projections:
              - {pre: A, post: [A, B], connect: {fixed_prob: 0.4}, synapse: busy, weight: "uniform(0, 1)", delay: 0.4}
              - {pre: B, post: [A, B], connect: {fixed_pre_num: 20, multapses: true}, synapse: busy, params: {tau: 4}, weight: 0.3, delay: "uniform(0, 1)"}
            inputs: [{to: A.I, value: "uniform(24, 40)"}, {to: B.I, value: "uniform(24, 40)"}]
            """.Replace("METHOD", "rk4", StringComparison.Ordinal),
        ["noise in equations"] = """
            models:
              - model: noisy
                kind: neuron
                noise: stratonovich
                params: {tau: "uniform(8, 12)", s: 0.4}
                state: {V: "uniform(0, 20)", w: 0}
                inputs: [I]
                equations: {dV/dt: "(-V + w + I)/tau + s*xi + 0.05*V*xi_v", dw/dt: "-w/5 + 0.2*cos(w)*xi"}
                spike: {when: V >= 20, then: {V: 0}, refractory: {for: 1, hold: [V]} }
            populations:
              A: {size: 23, model: noisy, method: milstein}
              B: {size: 17, model: noisy, method: heun, substeps: 3}
              C: {size: 5, model: noisy}
            projections:
              - {pre: A, post: [A, B, C], connect: {fixed_prob: 0.4}, synapse: exponential, weight: "uniform(0, 3)", delay: "uniform(0.1, 2)"}
            inputs: [{to: A.I, value: 25}, {to: B.I, expr: "normal(24, 2)"}, {to: C.I, value: 24}]
            """,
        ["steps of their own"] = """
            populations:
              A: {size: 23, model: izhikevich, method: bs, tol: 1e-4}
              B: {size: 17, model: lif, method: rkdp, tol: 1e-6, init: {V: "uniform(0, 20)"} }
              C: {size: 5, model: hh, method: rkf45, tol: 1e-3}
            projections:
              - {pre: A, post: [A, B, C], connect: {fixed_prob: 0.4}, synapse: exponential, weight: "uniform(0, 3)", delay: "uniform(0.1, 2)"}
            inputs: [{to: A.I, value: "uniform(8, 20)"}, {to: B.I, expr: "normal(24, 2)"}, {to: C.I, value: 12}]
            """,
        ["every"] = Every,
        ["every, spikes first"] = "schedule: [spike, update, arrive, observe, input]\n" + Every,
        ["sources"] = """
            populations:
              noise: {size: 19, model: poisson, params: {rate: 150} }
              replay: {size: 5, model: spike_source, spikes: {t: [0, 0, 1, 1, 1, 7.33, 20], id: [4, 0, 3, 1, 2, 2, 0]} }
              A: {size: 11, model: izhikevich, substeps: 3, method: rk4}
              tiny: {size: 2, model: hh}
            projections:
              - {pre: noise, post: [A, tiny], connect: {fixed_prob: 0.5}, synapse: exponential, weight: 2, delay: "uniform(0.1, 2)"}
              - {pre: replay, post: A, connect: all_to_all, synapse: delta, weight: 9, delay: 0.4}
            inputs: [{to: A.I, value: 5}, {to: "A.I[3:8]", pulses: {at: [2], length: 4, size: 3} }]
            """,
    };

    public static TheoryData<string, string> Cases => new(Texts.Keys.SelectMany(name => new[] { (name, "float64"), (name, "float32") }));

    public static TheoryData<string> Names => [.. Texts.Keys];

    public static string Text(string name, string precision)
    {
        string text = Texts[name];
        string[] populations = text.Contains("E: {", StringComparison.Ordinal) ? ["E", "I"] : text.Contains("B: {", StringComparison.Ordinal) ? ["A", "B"] : ["A"];
        return $$"""
            name: invariant
            dt: 0.1
            duration: 30
            seed: 11
            precision: {{precision}}
            monitors:
            {{string.Join('\n', populations.Select(p => $"  - {{name: s_{p}, of: {p}, record: spikes}}\n  - {{name: r_{p}, of: {p}, record: rate, every: 2}}\n  - {{name: v_{p}, of: {p}, record: [V, I], index: [9, 3, 10, 0], every: 0.5}}"))}}
            {{Recorded.GetValueOrDefault(name, "")}}
            measures:
              - {rate: {of: all} }
              - {isi: {of: all} }
              - {cv_isi: {of: all, min_spikes: 3} }
              - {cross_correlation: {of: all, bin: 0.5} }
              - {firing_rate: {of: all, width: 2, every: 1} }
              - {power_spectrum: {of: all, bin: 1, segment: 7} }
            {{string.Join('\n', populations.Select(p => $"  - {{voltage_fluctuation: {{of: '{p}[9:11]'}}}}\n  - {{van_rossum: {{of: '{p}[0:5]', with: '{p}[6:11]', tau: 5}}}}\n  - {{victor_purpura: {{of: '{p}[0:5]', with: '{p}[6:11]', cost: 0.2}}}}"))}}
            {{text}}
            """;
    }

    private static string Between(string projections) => Driven.Replace("PROJECTIONS", "- " + projections, StringComparison.Ordinal);

    private static string OnGrids(string projections) => Between(projections)
        .Replace("A: {size: 23,", "A: {size: [5, 5],", StringComparison.Ordinal).Replace("B: {size: 17,", "B: {size: [3, 7],", StringComparison.Ordinal);

    /// <summary>A third of the entries are weights.</summary>
    private static string Matrix(int pre, int post)
    {
        Random random = new(4);
        return "[" + string.Join(", ", Enumerable.Range(0, pre).Select(_ =>
            "[" + string.Join(", ", Enumerable.Range(0, post).Select(_ => random.Next(3) > 0 ? "0" : LibraryModels.Text(random.NextDouble() * 2))) + "]")) + "]";
    }

    /// <summary>Pairs in no order, some of them twice, each with its own weight and delay.</summary>
    private static string Pairs(int pre, int post, int count)
    {
        Random random = new(3);
        string Many(Func<string> draw) => string.Join(", ", Enumerable.Range(0, count).Select(_ => draw()));
        return "{pre: [" + Many(() => $"{random.Next(pre)}") + "], post: [" + Many(() => $"{random.Next(post)}")
            + "], weight: [" + Many(() => LibraryModels.Text(random.NextDouble() * 2)) + "], delay: [" + Many(() => LibraryModels.Text(random.Next(30) * 0.1)) + "]}";
    }
}
