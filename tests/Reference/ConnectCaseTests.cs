using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BrainSim.Engine.Connectivity;
using BrainSim.Engine.NetworkFile;
using BrainSim.Tests.Engine.Connectivity;
using Xunit;

namespace BrainSim.Tests.Reference;

/// <summary>Synapses of the rules without chance, list by list as the other simulator gives them (m003_connect_deterministic in Data/cases.json).</summary>
public sealed partial class ConnectCaseTests
{
    /// <summary>Between populations that are not the same one the other leaves out equal ids too; here <c>include_self</c> means the neuron itself (docs/differences-from-brainpy.md).</summary>
    private const string TwoPopulations = "All2All(include_self=False) 2->3";

    private static JsonElement Results => ReferenceCase.Entry("m003_connect_deterministic").GetProperty("results");

    public static TheoryData<string> Lists => [.. Results.EnumerateObject().Where(r => r.Value.ValueKind == JsonValueKind.Object && r.Value.TryGetProperty("pre_ids", out _)).Select(r => r.Name)];

    /// <summary>Order is no part of a rule: here synapses are kept by target, there by source.</summary>
    [Theory]
    [MemberData(nameof(Lists))]
    public void Reproduces(string name)
    {
        JsonElement expected = Results.GetProperty(name);
        int[] pre = Numbers(expected.GetProperty("pre_ids"));
        int[] post = Numbers(expected.GetProperty("post_ids"));
        int preSize = expected.GetProperty("num_pre").GetInt32();
        int postSize = expected.GetProperty("num_post").GetInt32();
        bool includeSelf = !name.Contains("include_self=False") && (name.Contains("include_self=True") || !name.StartsWith("Grid"));
        (int, int)[] found = RuleSynapses.Of(Rule(name) with { IncludeSelf = includeSelf }, preSize, postSize, same: preSize == postSize);
        IEnumerable<(int, int)> others = name == TwoPopulations ? [(0, 0), (1, 1)] : [];
        Assert.Equal(pre.Zip(post).Concat(others).Order(), found.Order());
    }

    private static ConnectRule Rule(string name)
    {
        int[] shape = [.. WholeNumbers().Matches(name[(name.IndexOf(' ') + 1)..]).Select(m => int.Parse(m.Value, CultureInfo.InvariantCulture))];
        return name[..name.IndexOfAny(['(', ' '])] switch
        {
            "One2One" => new OneToOne(),
            "All2All" => new AllToAll(),
            "GridFour" => new GridNeighbours(RuleSynapses.Grid(Shape()), 1, true),
            "GridEight" => new GridNeighbours(RuleSynapses.Grid(Shape()), 1, false),
            "GridN" => new GridNeighbours(RuleSynapses.Grid(Shape()), int.Parse(Reach().Match(name).Groups[1].Value, CultureInfo.InvariantCulture), false),
            _ => throw new InvalidOperationException(name),
        };

        int[] Shape() => name.Contains("1-D") ? shape[1..] : shape;
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];

    [GeneratedRegex(@"\d+")]
    private static partial Regex WholeNumbers();

    [GeneratedRegex(@"N=(\d+)")]
    private static partial Regex Reach();
}
