using System.Globalization;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using Xunit;

namespace BrainSim.Tests.Engine;

/// <summary>Every neuron model of the library in a small network: inputs over a range in which it is at work, parameters a little off their defaults.</summary>
internal static class LibraryModels
{
    /// <summary>No whole number of vectors of any width.</summary>
    public const int Size = 37;

    public const double Dt = 0.1;

    public const int Steps = 200;

    /// <summary>Least and greatest input; from below the threshold to well above it.</summary>
    private static readonly Dictionary<string, (double From, double To)> Drives = new()
    {
        ["adex"] = (0.2, 4), ["expif"] = (0.2, 4), ["fhn"] = (0, 1.3), ["firing_rate_unit"] = (0, 3), ["gif"] = (0.5, 4), ["hh"] = (0, 20),
        ["hh_channels"] = (0, 20), ["iaf_psc_exp"] = (300, 900), ["hh_wang_buzsaki"] = (0, 10), ["hindmarsh_rose"] = (0, 4), ["izhikevich"] = (0, 30), ["lif"] = (10, 40),
        ["morris_lecar"] = (50, 200), ["quaif"] = (0, 60), ["theta"] = (-0.5, 2),
    };

    public static IEnumerable<ModelSpec> Neurons => ModelLibrary.Names.Select(name => ModelLibrary.Find(name)!).Where(m => m.Kind == ModelKind.Neuron && m.Spike is not { IsReplay: true });

    public static TheoryData<string> Names => [.. Neurons.Select(m => m.Name)];

    public static TheoryData<string, string> NamesAndPrecisions => new(Neurons.SelectMany(m => new[] { (m.Name, "float64"), (m.Name, "float32") }));

    /// <summary>The population is <c>p</c>, its spikes are the monitor <c>spikes</c>, its variables the monitor <c>state</c>.</summary>
    /// <param name="coupled">The neurons project to each other, where they can.</param>
    public static string Network(string model, Random random, string precision, int steps = Steps, bool coupled = false)
    {
        ModelSpec spec = ModelLibrary.Find(model)!;
        string variables = spec.State.IsEmpty ? "" : $"- {{name: state, of: p, record: [{string.Join(", ", spec.State.Select(s => s.Name))}], every: 0.5}}";
        string inputs = string.Concat(spec.Inputs.Select(input => $"  - {{to: p.{input}, value: {Drive(model)}}}\n"));
        return $$"""
            name: {{model}}
            dt: {{Text(Dt)}}
            duration: {{Text(Math.Round(steps * Dt, 6))}}
            seed: {{random.Next(1, 1_000_000)}}
            precision: {{precision}}
            populations:
              p: {size: {{Size}}, model: {{model}}, params: { {{string.Join(", ", spec.Parameters.Select((p, i) => Perturbed(p, i, random)))}} } }
            inputs:
            {{(inputs.Length == 0 ? "  []" : inputs.TrimEnd())}}
            {{(coupled ? OntoItself(spec) : "")}}
            monitors:
              - {name: spikes, of: p, record: spikes}
              - {name: rate, of: p, record: rate, every: 1}
              {{variables}}
            """;
    }

    /// <summary>A mapping of all parameters at their defaults, each one number or the same number for every neuron.</summary>
    public static string Defaults(ModelSpec model, bool each) => "{" + string.Join(", ", model.Parameters.Select(p =>
        $"{p.Name}: {(each ? $"[{string.Join(", ", Enumerable.Repeat(Text(Default(p)), Size))}]" : Text(Default(p)))}")) + "}";

    public static string Drive(string model) =>
        $"\"{Text(Drives[model].From)} + {Text(Drives[model].To - Drives[model].From)}*i/N\"";

    /// <summary>The least input at 0, the greatest at 1; beyond them too.</summary>
    public static double DriveBetween(string model, double part) => Drives[model].From + ((Drives[model].To - Drives[model].From) * part);

    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Synapses of a model that spikes and can be driven: a spike moves the input by a hundredth of its range, so that all stay at work.</summary>
    private static string OntoItself(ModelSpec model) => model.Spike is null || model.Inputs.IsEmpty
        ? ""
        : $$"""
            projections:
              - {pre: p, post: p, connect: {fixed_prob: 0.3}, synapse: exponential, weight: {{Text((Drives[model.Name].To - Drives[model.Name].From) / 100)}}, delay: "uniform(0.1, 1)"}
            """;

    /// <summary>Within 5 % of the default; every other parameter differs between the neurons.</summary>
    private static string Perturbed(Parameter parameter, int index, Random random)
    {
        double Draw()
        {
            double value = Default(parameter) * (0.95 + (0.1 * random.NextDouble()));
            return parameter.Name == "t_ref" ? Math.Round(Math.Round(value / Dt) * Dt, 6) : value;
        }

        string each = $"[{string.Join(", ", Enumerable.Range(0, Size).Select(_ => Text(Draw())))}]";
        return $"{parameter.Name}: {(index % 2 == 0 ? each : Text(Draw()))}";
    }

    public static double Default(Parameter parameter) => Evaluation.Of(Algebra.Simplify(parameter.Default), name => throw new InvalidOperationException(name));
}
