using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Models;

/// <summary>The library's iaf_psc_exp and current_jump against their closed forms (Rotter and Diesmann 1999).</summary>
public sealed class IafPscExpTests
{
    private const double C = 250, TauM = 10, TauSyn = 0.5, W = 87.8, Dt = 0.1;

    /// <summary>A spike at t = 1 ms with a delay of 0.5 ms raises I_syn at 1.5 ms; V follows the difference of exponentials, exactly but for rounding.</summary>
    [Fact]
    public void A_spike_gives_a_difference_of_exponentials()
    {
        using SerialRun run = new SerialRun(Runs.Compile($$"""
            name: psp
            dt: 0.1
            duration: 20
            populations:
              s: {size: 1, model: spike_source, spikes: {t: [1], id: [0]} }
              p: {size: 1, model: iaf_psc_exp, params: {E_L: -65, V_th: -50, V_reset: -65, tau_syn: 0.5} }
            projections: [{pre: s, post: p, connect: all_to_all, synapse: current_jump, weight: 87.8, delay: 0.5}]
            monitors: [{name: v, of: p, record: [V]}]
            """)).Run();
        double[] v = run.Recordings.Variable("v", "V").Rows;
        Assert.Equal(200, v.Length);
        Assert.All(v.Index(), row => Assert.Equal(-65 + Response(row.Index + 1 - 15), row.Item, 1e-12 * 65));
        Assert.Equal(-65 + 0.15, v.Max(), 0.001); // the 0.15 mV for which the microcircuit's weight is chosen
    }

    /// <summary>
    /// The background is shot noise: at rest V is a sum of responses to a Poisson(λ) number of spikes k steps ago, k = 1, 2, …, so its cumulants
    /// are λ Σ r_k^n. After 30 time constants what is missing is below e^-30. Two rates; 5 standard errors each (see Statistics).
    /// </summary>
    [Theory]
    [InlineData(12_800)]
    [InlineData(300)]
    public void The_background_is_shot_noise(double rate)
    {
        using SerialRun run = new SerialRun(Runs.Compile($$"""
            name: background
            dt: 0.1
            duration: 300
            populations: {p: {size: 4000, model: iaf_psc_exp, params: {E_L: 0, V_th: 1000, V_reset: 0, tau_syn: 0.5, w_ext: 87.8, rate_ext: {{rate}} } } }
            """)).Run();
        double lambda = rate * Dt / 1000;
        double Cumulant(int n) => lambda * Enumerable.Range(1, 3000).Sum(k => Math.Pow(Response(k), n));
        Statistics.AssertMoments(run.Column("p", "V"), Cumulant(1), Cumulant(2), 3 + (Cumulant(4) / (Cumulant(2) * Cumulant(2))));
    }

    /// <summary>While refractory V stands still, and the current goes on decaying.</summary>
    [Fact]
    public void The_current_decays_while_V_is_held()
    {
        using SerialRun run = new SerialRun(Runs.Compile("""
            name: refractory
            dt: 0.1
            duration: 2
            populations: {p: {size: 1, model: iaf_psc_exp, params: {V_reset: -65}, init: {V: -54, I_syn: 100} } }
            monitors: [{name: v, of: p, record: [V, I_syn]}]
            """)).Run();
        Assert.All(run.Recordings.Variable("v", "V").Rows, v => Assert.Equal(-65, v));
        Assert.All(run.Recordings.Variable("v", "I_syn").Rows.Index(), row => Assert.Equal(100 * Math.Exp(-(row.Index + 1) * Dt / 2), row.Item, 1e-12 * 100));
    }

    /// <summary>mV above rest, k steps after the current was raised.</summary>
    private static double Response(int k) =>
        k <= 0 ? 0 : W / C * TauSyn * TauM / (TauM - TauSyn) * (Math.Exp(-k * Dt / TauM) - Math.Exp(-k * Dt / TauSyn));
}
