using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>Populations that update in every N-th step by N steps at once, and couplings that are computed in every N-th step.</summary>
public class EveryTests
{
    public static TheoryData<string> BackEnds => Runs.BackEndNames;

    /// <summary>
    /// Alone, a population that updates every 8 steps of 0.125 ms is one that updates in every step of 1 ms, bit by bit: equations, draws, sub-steps, refractory time and
    /// what is computed from dt for each neuron. All numbers of steps are powers of two, so no time is rounded.
    /// </summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void APopulationAloneDoesAsWithALongerStep(string backEnd)
    {
        const string populations = """
            models:
              - {model: noisy, kind: neuron, params: {tau: "uniform(5, 9)", t_ref: "uniform(1, 4)"}, state: {V: "uniform(0, 1)"}, inputs: [I], equations: {dV/dt: (-V + I)/tau + 0.1*xi}, method: exponential_euler,
                 spike: {when: V >= 1, then: {V: "uniform(0, 0.5)"}, refractory: {for: t_ref, hold: [V]} } }
            populations:
              P: {size: 5, model: noisy}
              fine: {size: 5, model: hh, params: {C: "uniform(0.9, 1.1)"}, substeps: 32, method: exponential_euler}
              own: {size: 5, model: lif, method: bs, tol: 1e-3, init: {V: "uniform(0, 20)"} }
              noise: {size: 9, model: poisson, params: {rate: 100} }
            inputs: [{to: P.I, expr: "1.2 + 0.3*sin(t)*dt"}, {to: P.I, pulses: {at: [24], length: 8, size: 1} }, {to: fine.I, value: 10}, {to: own.I, value: 25}]
            monitors: [{name: s, of: P, record: spikes}, {name: n, of: noise, record: spikes}]
            """;
        using SerialRun slow = Runs.Ended($"name: slow\ndt: 1\nduration: 128\n{populations}", backEnd);
        using SerialRun fast = Runs.Ended($"name: fast\ndt: 0.125\nduration: 128\nevery: {{P: 8, fine: 8, own: 8, noise: 8}}\n{populations}", backEnd, shards: 3);
        foreach ((string population, string column) in new[] { ("P", "V"), ("fine", "V"), ("fine", "n"), ("own", "V"), ("own", "solver step") })
        {
            Assert.Equal(slow.Column(population, column), fast.Column(population, column));
        }

        foreach (string monitor in new[] { "s", "n" })
        {
            (int[] slowSteps, int[] slowIds) = slow.Recordings.Spikes(monitor);
            (int[] fastSteps, int[] fastIds) = fast.Recordings.Spikes(monitor);
            Assert.True(slowIds.Length > 10);
            Assert.Equal(slowIds, fastIds);
            Assert.Equal(slowSteps.Select(step => step * 8), fastSteps);
        }
    }

    /// <summary>x takes 1 from the input in steps 0, 3, 6, 9; what arrives in steps 1, 2 and 7 is there at once, and is doubled by the next update.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void VariablesHoldBetweenUpdatesAndTakeWhatArrives(string backEnd)
    {
        using SerialRun run = Runs.Ended("""
            name: hold
            dt: 0.1
            duration: 1
            every: {A: 3}
            models: [{model: twice, kind: neuron, state: {V: 0}, inputs: [I], update: {V: 2*V + I}, spike: {when: V >= 50, then: {V: 0} } }]
            populations:
              A: {size: 1, model: twice}
              S: {size: 1, model: spike_source, spikes: {t: [0.1, 0.2, 0.7], id: [0, 0, 0]} }
            projections: [{pre: S, post: A, connect: all_to_all, synapse: delta, weight: 10}]
            inputs: [{to: A.I, section: {values: [1, 5, 1], durations: [0.1, 0.2, 0.7]} }]
            monitors: [{name: v, of: A, record: [V, I]}, {name: s, of: A, record: spikes}]
            """, backEnd);
        Assert.Equal([1, 11, 21, 43, 43, 43, 0, 10, 10, 21], run.Recordings.Variable("v", "V").Rows);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], run.Recordings.Variable("v", "I").Rows);
        Assert.Equal([6], run.SpikeSteps("s", 0));
    }

    /// <summary>V grows by 1 at every update to 3, then spikes and stands still for t_ref, which is 2 updates; the test before the update costs no update.</summary>
    [Theory]
    [InlineData("[arrive, input, update, spike, observe]", new double[] { 1, 2, 0, 0, 0, 1, 2, 0, 0, 0 }, new[] { 4, 14 })]
    [InlineData("[arrive, input, spike, update, observe]", new double[] { 1, 2, 3, 0, 0, 1, 2, 3, 0, 0 }, new[] { 6, 16 })]
    public void RefractoryTimeIsThatOfTheFile(string schedule, double[] expected, int[] spikes)
    {
        using SerialRun run = Runs.Ended($$"""
            name: refractory
            dt: 0.1
            duration: 2
            schedule: {{schedule}}
            every: {A: 2}
            models: [{model: count, kind: neuron, state: {V: 0}, update: {V: V + 1}, spike: {when: V >= 3, then: {V: 0}, refractory: {for: 0.4, hold: [V]} } }]
            populations: {A: {size: 1, model: count} }
            monitors: [{name: v, of: A, record: V, every: 0.2}, {name: s, of: A, record: spikes}]
            """, "reference");
        Assert.Equal(expected, run.Recordings.Variable("v", "V").Rows);
        Assert.Equal(spikes, run.SpikeSteps("s", 0));
    }

    /// <summary>A counts the steps; what B's input gets is A's count at the end of the step before, 0, 3, 6, 9 steps being done, and holds in between.</summary>
    [Theory]
    [MemberData(nameof(BackEnds))]
    public void CouplingsHoldBetweenTheirSteps(string backEnd)
    {
        using SerialRun run = Runs.Ended("""
            name: held
            dt: 0.1
            duration: 1
            every: {A->B: 3}
            models:
              - {model: count, kind: neuron, state: {V: 0}, inputs: [I], update: {V: V + 1} }
              - {model: take, kind: neuron, state: {V: 0}, inputs: [I], update: {V: I} }
              - {model: read, kind: synapse, current: weight*pre.V + dt}
            populations: {A: {size: 1, model: count}, B: {size: 1, model: take} }
            projections: [{pre: A, post: B, connect: all_to_all, synapse: read, weight: 1}]
            monitors: [{name: v, of: B, record: V}]
            """, backEnd);
        double dt = 0.1 * 3;
        Assert.Equal([0 + dt, 0 + dt, 0 + dt, 3 + dt, 3 + dt, 3 + dt, 6 + dt, 6 + dt, 6 + dt, 9 + dt], run.Recordings.Variable("v", "V").Rows);
    }

    [Theory]
    [InlineData("{E: 0}", "every.E: must be a whole number from 1 to 1000000, but is 0.")]
    [InlineData("{E: 1.5}", "every.E: must be a whole number from 1 to 1000000, but is 1.5.")]
    [InlineData("{E: 2000000}", "every.E: must be a whole number from 1 to 1000000, but is 2000000.")]
    [InlineData("{e: 2}", "every.e: there is no population or projection 'e'. Did you mean E?")]
    [InlineData("{E: 7}", "the refractory time of 1 ms is no whole number of steps of 0.7 ms; the nearest are 0.7 and 1.4.")]
    [InlineData("{S: 2}", "every.S: S replays spikes at given times and has nothing to update; remove it.")]
    [InlineData("{S->E: 2}", "every.S->E: only synapses whose current is computed in every step can do so less often; what exp_cond keeps advances with its target, so name the target population.")]
    [InlineData("10", "every: must be a mapping")]
    public void WhatMakesNoSenseIsRefused(string every, string expected)
    {
        string message = Assert.Throws<UserMistakeException>(() => Runs.Read($$"""
            name: refused
            dt: 0.1
            duration: 1
            every: {{every}}
            populations:
              E: {size: 2, model: lif}
              S: {size: 1, model: spike_source, spikes: {t: [0.1], id: [0]} }
            projections: [{pre: S, post: E, connect: all_to_all, synapse: exp_cond}]
            """)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }
}
