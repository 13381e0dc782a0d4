using System.Globalization;
using BrainSim.Engine.Integrators;
using BrainSim.Engine.Models;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Simulation;

/// <summary>What once went wrong between a file and its run: long inputs, wrong numbers, schedules, lists of weights.</summary>
public sealed class ReviewedTests
{
    [Fact]
    public void AThousandOverlappingSlicesCompile()
    {
        string inputs = string.Concat(Enumerable.Range(1, 1000).Select(k => $"\n  - {{to: 'p.I[0:{k}]', value: 1}}"));
        using SerialRun run = new SerialRun(Runs.Compile($$"""
            name: slices
            dt: 0.1
            duration: 0.1
            models: [{model: probe, kind: neuron, state: {V: 0}, inputs: [I], update: {V: I} }]
            populations: {p: {size: 1001, model: probe} }
            inputs: {{inputs}}
            """)).Run();
        Assert.Equal(Enumerable.Range(0, 1001).Select(i => 1000.0 - i), run.Column("p", "V"));
    }

    [Theory]
    [InlineData("params: {tau: i}", "populations.p.params.tau: tau of lif must be greater than 0 ms, but neuron 0 has 0.")]
    [InlineData("params: {tau: 'normal(-5, 1)'}", "; choose a distribution that stays there, such as truncated_normal(mean, deviation, low, high).")]
    [InlineData("params: {tau: 1e-320*(i + 1)}, method: exact", "exact needs finite coefficients")]
    [InlineData("params: {tau: 1e-320}, method: exact", "exact needs finite coefficients")]
    [InlineData("params: {t_ref: '-N'}", "t_ref of lif must be at least 0 ms, but is -3.")]
    [InlineData("params: {t_ref: '1e9*N'}", "refractory time of 3000000000 ms")]
    [InlineData("init: {V: 1e300}", "float32 cannot hold", "precision: float32")]
    [InlineData("method: rk44", "there is no solver 'rk44'. Did you mean rk4?")]
    [InlineData("init: {V: 'uniform(5, 1)'}", "its first number must not be above its second")]
    [InlineData("init: {V: 'normal(1, -1)'}", "its deviation must not be negative")]
    public void NumbersThatMakeNoSenseAreRefused(string population, string message, string more = "")
    {
        string text = $$"""
            {name: wrong, dt: 0.1, duration: 1, {{(more.Length > 0 ? more + "," : "")}} populations: {p: {size: 3, model: lif, {{population}} } } }
            """;
        UserMistakeException problem = Assert.Throws<UserMistakeException>(() => new SerialRun(Runs.Compile(text)));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    /// <summary>A parameter without a range may still be one that the model divides by.</summary>
    [Theory]
    [InlineData("a: 0", "params.a: a is 0, and m divides by it in V.")]
    [InlineData("a: [1, 0, 2]", "params.a: a is 0, and m divides by it in V.")]
    [InlineData("a: 1, b: -1", "m divides by a + b in V, which is 0 with these parameters.")]
    public void Divisions_by_zero_are_refused(string parameters, string message)
    {
        UserMistakeException problem = Assert.Throws<UserMistakeException>(() => Runs.Read($$"""
            name: wrong
            dt: 0.1
            duration: 1
            models: [{model: m, kind: neuron, params: {a: 1, b: 1}, state: {V: 1}, equations: {dV/dt: -V/a + 1/(a + b)} }]
            populations: {p: {size: 3, model: m, params: { {{parameters}} } } }
            """));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connect: all_to_all", "p->p would make about 1,000,000,000,000 synapses")]
    [InlineData("connect: {fixed_prob: 0.5}", "p->p would make about 500,000,000,000 synapses")]
    [InlineData("connect: {fixed_total_num: 3e12}", "p->p would make about 3,000,000,000,000 synapses")]
    [InlineData("connect: {fixed_pre_num: 5000}", "p->p would make about 5,000,000,000 synapses")]
    [InlineData("connect: {fixed_post_num: 5000}", "p->p would make about 5,000,000,000 synapses")]
    [InlineData("connect: {grid_n: 5000}", "p->p would make about 10,001,000,000 synapses")]
    [InlineData("connect: {gaussian_weight: {sigma: 0.1, w_max: 1, w_min: 0}}", "p->p would make about 1,000,000,000,000 synapses")]
    [InlineData("connect: {small_world: {num_neighbor: 5000, prob: 0.1}}", "p->p would make about 5,000,000,000 synapses")]
    [InlineData("connect: {scale_free_ba: 2000}", "the graph would have up to 1996000000 links")]
    public void WhatDoesNotFitIsRefusedBeforeItIsTried(string connect, string message)
    {
        string text = $$"""
            {name: large, dt: 0.1, duration: 1, populations: {p: {size: 1000000, model: lif} }, projections: [{pre: p, post: p, synapse: delta, {{connect}} }]}
            """;
        Assert.Contains(message, Assert.Throws<UserMistakeException>(() => Runs.Compile(text)).Message, StringComparison.Ordinal);
    }

    /// <summary>A neuron that is never refractory (t_ref 0) loses nothing; with one step it loses what arrives while its counter stands above zero, wherever arrive is in the schedule.</summary>
    [Theory]
    [InlineData("[arrive, input, update, spike, observe]", 0, 2)]
    [InlineData("[input, update, spike, arrive, observe]", 0, 2)]
    [InlineData("[input, update, arrive, spike, observe]", 0, 2)]
    [InlineData("[input, update, spike, arrive, observe]", 0.1, 0)]
    [InlineData("[arrive, input, update, spike, observe]", 0.2, 0)]
    public void EventsAreLostOnlyWhileTheCounterStands(string schedule, double refractory, double expected)
    {
        // A replayed spike arrives in step 3, in which (or one step before which) the neuron itself spikes: V counts 1, 2, 3 and goes back to 0.
        using SerialRun run = new SerialRun(Runs.Compile($$"""
            name: held
            dt: 0.1
            duration: 0.4
            schedule: {{schedule}}
            models:
              - {model: counter, kind: neuron, params: {t_ref: 0}, state: {V: 0, n: 0}, update: {n: n + 1}, spike: {when: n == {{(schedule.StartsWith("[arrive", StringComparison.Ordinal) ? 3 : 4)}}, then: {V: 0}, refractory: {for: t_ref, hold: [V]} } }
            populations:
              c: {size: 1, model: counter, params: {t_ref: {{refractory.ToString(CultureInfo.InvariantCulture)}} } }
              s: {size: 1, model: spike_source, spikes: {t: [0.3], id: [0]} }
            projections:
              - {pre: s, post: c, connect: one_to_one, synapse: delta, weight: 2, delay: 0}
            """)).Run();
        double lostToReset = schedule == "[input, update, arrive, spike, observe]" ? 2 : 0;
        Assert.Equal(expected - lostToReset, Assert.Single(run.Column("c", "V")));
    }

    [Theory]
    [InlineData("connect: one_to_one, weight: [1, 2, 3]", new double[] { 1, 2, 3 })]
    [InlineData("connect: all_to_all, weight: [1, 2, 3, 10, 20, 30, 100, 200, 300]", new double[] { 111, 222, 333 })]
    [InlineData("connect: {all_to_all: true, include_self: false}, weight: [2, 3, 10, 30, 100, 200]", new double[] { 110, 202, 33 })]
    public void ListsGiveOneWeightPerSynapse(string connect, double[] expected)
    {
        foreach (int shards in new[] { 1, 2, 3 })
        {
            using SerialRun run = new SerialRun(Runs.Compile($$"""
                name: lists
                dt: 0.1
                duration: 0.3
                models:
                  - {model: once, kind: neuron, state: {x: 0, n: 0}, update: {n: n + 1}, spike: {when: n == 1, then: {n: 1} } }
                  - {model: jump, kind: synapse, on_pre: {post.x: post.x + weight} }
                populations: {p: {size: 3, model: once} }
                projections: [{pre: p, post: p, synapse: jump, {{connect}} }]
                """), shards).Run();
            Assert.Equal(expected, run.Column("p", "x"));
        }
    }

    [Theory]
    [InlineData("p->p")]
    [InlineData("x y.z")]
    public void AGivenNameIsTakenAsItIsOrRefused(string name) =>
        Assert.Contains("projections[0].name", Assert.Throws<UserMistakeException>(() => Runs.Read($$"""
            {name: names, dt: 0.1, duration: 1, populations: {p: {size: 1, model: lif} }, projections: [{name: "{{name}}", pre: p, post: p, synapse: delta, connect: all_to_all}]}
            """)).Message, StringComparison.Ordinal);

    [Fact]
    public void EverySolverHasItsNameInTheLanguage() => Assert.Equal(Solvers.Names.Order(StringComparer.Ordinal), SolverNames.All.Order(StringComparer.Ordinal));
}
