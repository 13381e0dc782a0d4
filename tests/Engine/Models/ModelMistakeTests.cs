using BrainSim.Engine.Documents;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Models;

/// <summary>One line per mistake: what is written, and what the message says. Add yours below.</summary>
public sealed class ModelMistakeTests
{
    private const string Head = "model: m\nkind: neuron\nparams: {tau: 10, V_th: 20}\nstate: {V: 0, w: 0}\ninputs: [I]\n";
    private const string Synapse = "model: s\nkind: synapse\nparams: {tau: 5}\nstate: {g: 0}\n";
    private const string Channel = "model: c\nkind: channel\nparams: {g_max: 1}\nstate: {n: 0}\n";

    [Theory]
    [InlineData("equations: {dV/dt: -V/tua}", "m.yaml:6:13: equations.dV/dt: m has nothing called 'tua'. Did you mean tau?")]
    [InlineData("equations: {dV/dt: -V/}", "equations.dV/dt: character 4 of '-V/' is the end, where a number, a name or '(' is expected.")]
    [InlineData("equations: {V: -V}", "equations.V: an equation is written dX/dt, not 'V'; helpers go under let.")]
    [InlineData("equations: {dU/dt: -V}", "equations.dU/dt: 'U' is no state variable of m. Did you mean V?")]
    [InlineData("equations: {dV/dt: V > 0}", "equations.dV/dt: 'V > 0' is a condition where a number is needed; write where(V > 0, 1, 0).")]
    [InlineData("equations: {dV/dt: (V > 0)*I}", "equations.dV/dt: 'V > 0' is a condition where a number is needed")]
    [InlineData("equations: {dV/dt: 'normal(0, 1)'}", "equations.dV/dt: a random function can stand only in params, state and init, where it is drawn once, or in update and spike, where it is drawn every step.")]
    [InlineData("equations: {dV/dt: -V + xi^2}", "m.yaml:6:13: equations.dV/dt: white noise has no powers and no functions, and '-V + xi^2' is not linear in xi; write it as f + g*xi.")]
    [InlineData("equations: {dV/dt: -V + xi*xi_a}", "'-V + xi*xi_a' is not linear in xi; write it as f + g*xi.")]
    [InlineData("equations: {dV/dt: 1/xi}", "'1/xi' is not linear in xi; write it as f + g*xi.")]
    [InlineData("equations: {dV/dt: floor(xi_b)}", "'floor(xi_b)' is not linear in xi_b; write it as f + g*xi_b.")]
    [InlineData("equations: {dV/dt: 'where(xi > 0, V, w)'}", "is not linear in xi; write it as f + g*xi.")]
    [InlineData("let: {a: 2*xi}", "let.a: xi is noise, which can stand only in the equations (dX/dt) of a neuron.")]
    [InlineData("update: {V: V + xi_a}", "update.V: xi_a is noise, which can stand only in the equations (dX/dt) of a neuron.")]
    [InlineData("noise: ito\nequations: {dV/dt: -V}", "noise: no equation of m has noise; write it with xi, or remove 'noise'.")]
    [InlineData("noise: itto\nequations: {dV/dt: xi}", "noise: must be ito or stratonovich, not 'itto'. Did you mean ito?")]
    [InlineData("equations: {dV/dt: 1/(w - w)}", "equations.dV/dt: '1/0' always divides by zero.")]
    [InlineData("equations: {dV/dt: V/0 + I}", "equations.dV/dt: 'V/0' always divides by zero.")]
    [InlineData("equations: {dV/dt: [1]}", "equations.dV/dt: must be a number or an expression, but is the list [1].")]
    [InlineData("channels: {L: {channel: leak, params: {g_max: -1}}}", "the default of L.g_max is -1, and by its range it must be at least 0 mS/cm2.")]
    [InlineData("equations: [1]", "equations: must be a mapping, but is the list [1].")]
    [InlineData("let: {a: b, b: V}", "let.a: b is used before it is defined; helpers under let may use only those above them.")]
    [InlineData("let: {V: 1}", "let.V: 'V' is declared twice in m.")]
    [InlineData("let: {exp: 1}", "let.exp: 'exp' is a function of the language; choose another name.")]
    [InlineData("let: {t: 1}", "let.t: 't' is a name of the language; choose another.")]
    [InlineData("let: {2a: 1}", "let.2a: '2a' is no name; use the letters a to z, digits and _, not beginning with a digit.")]
    [InlineData("let: {Na.m: 1}", "let.Na.m: 'Na.m' is no name;")]
    [InlineData("let: {τ: 1}", "let.τ: 'τ' is no name;")]
    [InlineData("let: {inf: 1}", "let.inf: 'inf' is a name of the language; choose another.")]
    [InlineData("update: {U: 1}", "update.U: 'U' is no state variable of m. Did you mean V?")]
    [InlineData("update: {V: pre.V}", "update.V: m has nothing called 'pre.V'.")]
    [InlineData("spike: {when: V}", "spike.when: 'V' must be a condition, such as V >= V_th.")]
    [InlineData("spike: {when: V > 1, then: {U: 0}}", "spike.then.U: 'U' is no state variable of m. Did you mean V?")]
    [InlineData("spike: {when: V > 1, then: {tau: 0}}", "spike.then.tau: 'tau' is no state variable of m.")]
    [InlineData("spike: {then: {V: 0}}", "spike: needs either 'when: condition' or 'times: spikes'.")]
    [InlineData("spike: {when: V > 1, times: spikes}", "spike: needs either 'when: condition' or 'times: spikes'.")]
    [InlineData("spike: {times: train}", "spike.times: must be 'spikes', the population's list of spikes.")]
    [InlineData("spike: {when: V > 1, than: {V: 0}}", "spike.than: no such key. Did you mean then?")]
    [InlineData("spike: {when: V > 1, refractory: {hold: [V]}}", "spike.refractory: needs 'for: time in ms'.")]
    [InlineData("spike: {when: V > 1, refractory: {for: 2, hold: [U]}}", "spike.refractory.hold: U is no state variable of m. Did you mean V?")]
    [InlineData("spike: {when: V > 1, refractory: {for: 2, hold: V}}", "spike.refractory.hold: must be a list of state variables, such as [V].")]
    [InlineData("spike: {when: V > 1, refractory: {for: 2, hold: [[V]]}}", "spike.refractory.hold[0]: must be text, but is the list [V].")]
    [InlineData("spike: {when: V > 1, refractory: {for: V}}", "spike.refractory.for: V cannot be used here, where a value is computed once from V_th, e, pi, tau.")]
    [InlineData("channels: {Na: sodium}", "channels.Na: there is no channel 'sodium'. Did you mean sodium_hh?")]
    [InlineData("channels: {Na: lif}", "channels.Na: lif is a neuron model, not a channel.")]
    [InlineData("channels: {L: {channel: leak, params: {gmax: 1}}}", "channels.L.params.gmax: no such parameter of leak. Did you mean g_max?")]
    [InlineData("channels: {L: {channel: leak, params: {g_max: V}}}", "channels.L.params.g_max: V cannot be used here, where a value is computed once from N, e, i, pi.")]
    [InlineData("channels: {L: {channel: leak, parms: {}}}", "channels.L.parms: no such key. Did you mean params?")]
    [InlineData("tol: 1e-3", "tol: only rkf45, rkf12, rkdp, ck, bs, heun_euler can keep to a tolerance, and the method is euler; choose one of them, or remove 'tol'.")]
    [InlineData("method: rkdp\ntol: -1", "tol: must be from 1E-12 to 1, the error of a step relative to 1 + |x|.")]
    [InlineData("on_pre: {V: 1}", "on_pre: no such key.")]
    [InlineData("current: V", "current: no such key.")]
    [InlineData("parms: {}", "parms: no such key. Did you mean params?")]
    [InlineData("summary: [x]", "summary: must be text, but is the list [x].")]
    public void Neuron(string line, string expected) => AssertOne(Head + line, expected);

    [Theory]
    [InlineData("on_pre: {g: g + wieght}", "on_pre.g: s has nothing called 'wieght'. Did you mean weight?")]
    [InlineData("on_pre: {h: 1}", "on_pre.h: 'h' is no state variable of s. Did you mean g?")]
    [InlineData("on_pre: {pre.V: 1}", "on_pre.pre.V: 'pre.V' is no state variable of s.")]
    [InlineData("on_pre: {g: 1}\nlet: {a: weight}", "let.a: weight can be used only in on_pre and current.")]
    [InlineData("equations: {dg/dt: -g/tau}", "s has neither on_pre nor current, so it would do nothing.")]
    [InlineData("current: {to: I}", "current: needs 'value: expression'.")]
    [InlineData("current: g > 0", "current: 'g > 0' is a condition where a number is needed; write where(g > 0, 1, 0).")]
    [InlineData("on_pre: {g: 'g + normal(0, 1)'}", "on_pre.g: a random function can stand only in")]
    [InlineData("equations: {dg/dt: -g + xi}\non_pre: {g: 1}", "equations.dg/dt: xi is noise, which can stand only in the equations (dX/dt) of a neuron.")]
    [InlineData("on_pre: {g: 1}\non_post: {g: 1}", "on_post: this version cannot do 'on_post'; remove it.")]
    [InlineData("on_pre: {g: 1}\nclip: {g: [0, 1]}", "clip: this version cannot do 'clip'; remove it.")]
    [InlineData("on_pre: {g: 1}\nspike: {when: g > 1}", "spike: no such key.")]
    public void ASynapse(string line, string expected) => AssertOne(Synapse + line, expected);

    [Theory]
    [InlineData("current: g_max*n*(E - V)", "current: c has nothing called 'E'.")]
    [InlineData("equations: {dn/dt: -n}", "current: is missing; a channel says its current into the cell, such as g_max*m^3*h*(E - V).")]
    [InlineData("current: {to: I, value: n}", "current: a channel's current goes into its own cell (I_channels); remove 'to'.")]
    [InlineData("equations: {dn/dt: -n + xi}\ncurrent: n", "equations.dn/dt: xi is noise, which can stand only in the equations (dX/dt) of a neuron.")]
    [InlineData("current: n\nmethod: rk4", "method: no such key.")]
    [InlineData("current: n\ninputs: [I]", "inputs: no such key.")]
    public void AChannel(string line, string expected) => AssertOne(Channel + line, expected);

    [Theory]
    [InlineData("kind: neuron", "m.yaml:1:1: model: is missing.")]
    [InlineData("model: m", "m.yaml:1:1: kind: is missing.")]
    [InlineData("model: m\nkind: neron", "kind: 'neron' is no kind of model. Did you mean neuron?")]
    [InlineData("model: a/b\nkind: neuron", "model: 'a/b' is no name;")]
    [InlineData("model: m\nkind: neuron\nparams: {tau: {unit: ms}}", "params.tau: needs its value: {default: 0, unit: mV}, or only the value.")]
    [InlineData("model: m\nkind: neuron\nparams: {tau: {default: 1, units: ms}}", "params.tau.units: no such key. Did you mean unit?")]
    [InlineData("model: m\nkind: neuron\nparams: {a: 1, b: a}", "params.b: a cannot be used here, where a value is computed once from N, e, i, pi.")]
    [InlineData("model: m\nkind: neuron\nstate: {V: w, w: 0}", "state.V: w cannot be used here, where a value is computed once from N, e, i, pi.")]
    [InlineData("model: m\nkind: neuron\nstate: {V: 1e999}", "state.V: '1e999' is too large for float64")]
    [InlineData("model: m\nkind: neuron\nstate: {V: .nan}", "state.V: '.nan' is no number")]
    [InlineData("model: m\nkind: neuron\nstate: {V: }", "state.V: a number or an expression is missing.")]
    [InlineData("model: m\nkind: neuron\nstate: {rate: 0}", "a variable cannot be called 'rate', which monitors record of every population; choose another name.")]
    [InlineData("model: m\nkind: neuron\ninputs: I", "inputs: must list input variables, such as [I].")]
    [InlineData("model: m\nkind: neuron\ninputs: [[I]]", "inputs[0]: must be text, but is the list [I].")]
    [InlineData("model: m\nkind: neuron\ninputs: [I, I]", "'I' is declared twice in m.")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: '> 1'}}", "params.x: the default of x is 1, and by its range it must be greater than 1.")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: -1, unit: ms, range: [0, 5]}}", "params.x: the default of x is -1, and by its range it must be from 0 to 5 ms.")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 5, range: '>= 0 and < 5'}}", "by its range it must be at least 0 and less than 5.")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 6, range: <= 5}}", "by its range it must be at most 5.")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: [5, 1]}}", "params.x.range: no number is from 5 to 1.")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: '> 1 and < 1'}}", "params.x.range: no number is greater than 1 and less than 1.")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: [0]}}", "params.x.range: must be two numbers, such as [0, 1], or one or two comparisons, such as \"> 0\" or \">= 0 and < 1\".")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: [0, .inf]}}", "params.x.range[1]: must be a finite number")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: '> 0 and > 1'}}", "params.x.range: must be two numbers")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: 0}}", "params.x.range: must be two numbers")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: => 0}}", "params.x.range: must be two numbers")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: '> a'}}", "params.x.range: must be two numbers")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: ''}}", "params.x.range: must be two numbers")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, range: {low: 0}}}", "params.x.range: must be two numbers")]
    [InlineData("model: m\nkind: neuron\nparams: {x: {default: 1, rang: [0, 1]}}", "params.x.rang: no such key. Did you mean range?")]
    [InlineData("model: m\nkind: neuron\nstate: {x: {init: 1, range: [0, 1]}}", "state.x.range: no such key.")]
    public void AnyModel(string text, string expected) => AssertOne(text, expected);

    [Fact]
    public void Helpers_that_explode_when_written_out_are_refused()
    {
        IEnumerable<string> doubling = Enumerable.Range(1, 60).Select(j => $"  a{j}: a{j - 1} + a{j - 1}\n");
        string text = "model: m\nkind: neuron\nstate: {V: 1}\nlet:\n  a0: V\n" + string.Concat(doubling) + "equations: {dV/dt: a60}";
        AssertOne(text, "with its helpers written in, the expression has more than 50000 parts or 1000 levels; make it smaller.");
    }

    [Fact]
    public void Too_many_names_are_one_mistake() => AssertOne(
        "model: m\nkind: neuron\nparams: {" + string.Join(", ", Enumerable.Range(0, 50_000).Select(j => $"p{j}: q{j}")) + "}", "m declares more than 1000 names.");

    [Fact]
    public void All_mistakes_of_a_model_come_together() =>
        Assert.Equal(3, Mistakes(Head + "let: {a: B}\nequations: {dV/dt: C, dU/dt: 1}").Length);

    private static void AssertOne(string text, string expected) => Assert.Contains(expected, Assert.Single(Mistakes(text)));

    private static string[] Mistakes(string text)
    {
        Mistakes mistakes = new();
        BrainSim.Engine.Documents.Node node = YamlText.Read("m.yaml", text, mistakes)!;
        ModelSpec? model = new ModelReader(mistakes).Read(node);
        if (model is not null && !mistakes.Any)
        {
            model = ChannelExpansion.Expand(model, ModelLibrary.Find, mistakes);
            ModelCheck.Check(model, mistakes);
        }

        return [.. mistakes.Found.Select(m => m.ToString())];
    }
}
