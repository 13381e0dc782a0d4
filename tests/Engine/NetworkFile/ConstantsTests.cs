using BrainSim.Engine.NetworkFile;
using Xunit;

namespace BrainSim.Tests.Engine.NetworkFile;

/// <summary>A file with constants is the file with their numbers written out.</summary>
public sealed class ConstantsTests(NetworkFileFixture files) : IClassFixture<NetworkFileFixture>
{
    private const string Named = """
        name: net
        constants: {scale: 0.5, g: -4, w: "0.25*sqrt(scale*2)", T: 10, p: w/5}
        dt: 0.1
        duration: 2*T
        populations:
          E: {size: "round(9*scale)", model: lif, params: {tau: "T + i", R: "scale*normal(T, scale)"}, init: {V: "g + V_rest"}}
          F: {size: ["6*scale", 2], model: lif}
        projections:
          - {pre: E, post: F, connect: {fixed_prob: p*scale}, synapse: exp_cond, params: {tau: T/2}, weight: g*w, delay: T/100}
        inputs:
          - {to: E.I, value: g*T}
          - {to: E.I, section: {values: [g, 1], durations: [T, T]}}
          - {to: E.I, ramp: {from: g, to: 0, t_end: T}}
          - {to: E.I, pulses: {at: [1, T], length: scale*2, size: [g, w]}}
          - {to: E.I, expr: "w*sin(t/T)"}
        monitors:
          - {name: v, of: E, record: V, every: scale}
        """;

    private const string WrittenOut = """
        name: net
        dt: 0.1
        duration: 20
        populations:
          E: {size: 5, model: lif, params: {tau: "10 + i", R: "0.5*normal(10, 0.5)"}, init: {V: "-4 + V_rest"}}
          F: {size: [3, 2], model: lif}
        projections:
          - {pre: E, post: F, connect: {fixed_prob: 0.025}, synapse: exp_cond, params: {tau: 5}, weight: -1, delay: 0.1}
        inputs:
          - {to: E.I, value: -40}
          - {to: E.I, section: {values: [-4, 1], durations: [10, 10]}}
          - {to: E.I, ramp: {from: -4, to: 0, t_end: 10}}
          - {to: E.I, pulses: {at: [1, 10], length: 1, size: [-4, 0.25]}}
          - {to: E.I, expr: "0.25*sin(t/10)"}
        monitors:
          - {name: v, of: E, record: V, every: 0.5}
        """;

    [Fact]
    public void Constants_stand_wherever_a_number_stands()
    {
        NetworkSpec named = files.Read(Named);
        NetworkSpec writtenOut = files.Read(WrittenOut);
        Assert.Equal(Text(writtenOut), Text(named));
        Assert.NotEqual(writtenOut.Hash, named.Hash);
    }

    [Theory]
    [InlineData("scale=2")]
    [InlineData("constants.scale=2")]
    [InlineData("scale=8/4")]
    public void A_setting_changes_a_constant_and_all_that_follows_from_it(string setting)
    {
        NetworkSpec net = files.Read(Named, setting);
        Assert.Equal([18, 24], net.Populations.Select(p => p.Size));
        Assert.Equal(0.2, ((FixedProbability)net.Projections[0].Connect).Probability, 1e-15);
        Assert.NotEqual(files.Read(Named).Hash, net.Hash);
    }

    [Theory]
    [InlineData("constants: {scale: x}", "constants.scale: must be a number, but is x.")]
    [InlineData("constants: {scale: b, b: 1}", "constants.scale: must be a number, but is b.")]
    [InlineData("constants: {b: 1, scale: bb}", "constants.scale: 'bb' is no constant of this file. Did you mean b?")]
    [InlineData("constants: {scale: 'normal(1, 1)'}", "constants.scale: 'normal(1, 1)' is not one finite number.")]
    [InlineData("constants: {scale: 1/0}", "constants.scale: '1/0' is not one finite number.")]
    [InlineData("constants: {scale: 1 > 0}", "constants.scale: '1 > 0' is not one finite number.")]
    [InlineData("constants: {scale: [1]}", "constants.scale: must be a number, but is the list [1].")]
    [InlineData("constants: {scale: 1, dt: 1}", "constants.dt: 'dt' is a name of the language; choose another.")]
    [InlineData("constants: {scale: 1, i: 1}", "constants.i: 'i' is a name of the language; choose another.")]
    [InlineData("constants: {scale: 1, weight: 1}", "constants.weight: 'weight' is a name of the language; choose another.")]
    [InlineData("constants: {scale: 1, exp: 1}", "constants.exp: 'exp' is a function of the language; choose another name.")]
    [InlineData("constants: {scale: 1, seed: 1}", "constants.seed: 'seed' is a key of the file; choose another name.")]
    [InlineData("constants: {scale: 1, a-b: 1}", "constants.a-b: 'a-b' is no name;")]
    [InlineData("constants: {scale: 1, R: 2}", "populations.E.init.V: 'R' is a constant of this file and a name that can be used here already; give the constant another name.")]
    [InlineData("constants: {scale: 0.25}", "populations.E.size: must be a whole number from 1 to 100000000, but is 2.5.")]
    [InlineData("constants: {scale: 0}", "populations.E.size: must be a whole number from 1 to 100000000, but is 0.")]
    [InlineData("constants: {scales: 1}", "populations.E.size: 'scale' is no constant of this file. Did you mean scales?")]
    public void Wrong_constants_say_so_once(string line, string expected)
    {
        string mistake = Assert.Single(files.Mistakes($$"""
            name: net
            {{line}}
            dt: 0.1
            duration: 1
            populations:
              E: {size: 10*scale, model: lif, init: {V: "2*R"} }
            """));
        Assert.Contains(expected, mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("constants.scal=1", "--set: constants.scal: the file has no constant 'scal'. Did you mean scale?")]
    [InlineData("scal=1", "--set: scal: no such key.")]
    public void A_setting_of_no_constant_says_so(string setting, string expected) =>
        Assert.Contains(expected, Assert.Single(files.Mistakes(Named, setting)), StringComparison.Ordinal);

    /// <summary>All but the hash and the places, which differ.</summary>
    private static string Text(NetworkSpec net) => string.Join('\n', (string[])
    [
        $"{net.Grid.Dt} {net.Steps}",
        .. net.Populations.Select(p => $"{p.Name} {string.Join('x', p.Shape)} {Values(p.Parameters)} {Values(p.Initial)}"),
        .. net.Projections.Select(p => $"{p.Connect} {p.Weight} {p.Delay} {Values(p.Parameters)}"),
        .. net.Inputs.Select(i => i.Signal switch
        {
            SectionSignal s => $"{string.Join(' ', s.Values)} until {string.Join(' ', s.Ends)}",
            PulseSignal s => $"{string.Join(' ', s.At)} {string.Join(' ', s.Lengths)} {string.Join(' ', s.Sizes)}",
            Signal other => other.ToString(),
        }),
        .. net.Monitors.Select(m => $"{m.Name} {m.EverySteps}"),
    ]);

    private static string Values(IEnumerable<NamedValue> values) => string.Join(' ', values.Select(v => $"{v.Name}={v.Value}"));
}
