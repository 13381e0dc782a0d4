using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Disk;
using BrainSim.Coordinator.Operations;
using BrainSim.Coordinator.Service;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Architecture;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

/// <summary>What docs/operations.md says of names and messages is what the code has.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string Page = Repository.Read("docs/operations.md");

    [Fact]
    public void TheTableOfMetricsIsWhatIsMeasured()
    {
        string[] measured = [.. OfCoordinator().All.Select(Row), .. OfNode()];
        string[] told = [.. Page.Split('\n').Where(line => line.StartsWith("| `brainsim.", StringComparison.Ordinal))];
        Assert.Equal(measured.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NoNameIsMeasuredTwice() => Assert.Equal(OfCoordinator().All.Count, OfCoordinator().All.Select(instrument => PrometheusText.NameOf(instrument)).Distinct().Count());

    [Fact]
    public void EveryProblemOfTheApiIsThere()
    {
        string table = Page[Page.IndexOf("### Answers of the API", StringComparison.Ordinal)..Page.IndexOf("### What a run says", StringComparison.Ordinal)];
        string[] told = [.. ProblemRow().Matches(table).Select(row => $"{row.Groups[1].Value} | {row.Groups[2].Value}")];
        Assert.Equal(ProblemKind.All.Select(kind => $"{kind.Title} | {(kind.Statuses.Count == 0 ? "any" : string.Join(", ", kind.Statuses))}").Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryWarningAndErrorOfTheLogIsThere()
    {
        (string Message, string File)[] lines = [.. Found(LogLine())];
        Assert.True(lines.Length >= 9, "the pattern no longer finds the log's messages in the code");
        Assert.All(lines, line => Assert.True(Page.Contains($"| `{line.Message}` |", StringComparison.Ordinal), $"docs/operations.md has no row for `{line.Message}` of {line.File}"));
        Assert.All(LogRow().Matches(Page[Page.IndexOf("### Lines of the log", StringComparison.Ordinal)..]).Select(row => row.Groups[1].Value), told => Assert.Contains(told, lines.Select(line => line.Message)));
    }

    [Fact]
    public void EveryDecisionIsThere()
    {
        string[] kinds = [.. typeof(BrainSim.Coordinator.Cluster.Decision).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
        Assert.NotEmpty(kinds);
        Assert.All([.. kinds, .. StoryWord().Matches(Repository.Read("src/Coordinator/Service/Story.cs")).Select(found => found.Groups[1].Value)], kind => Assert.Contains($"`{kind}`", Page, StringComparison.Ordinal));
    }

    internal static Instruments OfCoordinator() =>
        new(new Board(), new Totals(TimeProvider.System), TimeProvider.System, () => (DiskUse.Unknown, DiskPolicy.Unlimited), () => 0, () => 0);

    private static string Row(BrainSim.Coordinator.Operations.Instrument of) => Row(of.Name, of.IsCounter, of.Unit, string.Join(", ", of.Labels), of.Meaning);

    private static string Row(string name, bool isCounter, string unit, string labels, string meaning) => $"| `{name}` | {(isCounter ? "counter" : "gauge")} | `{unit}` | {labels} | {meaning} |";

    /// <summary>The meter tells what it has when it is listened to. That frames are counted by reason, only a frame shows.</summary>
    private static string[] OfNode()
    {
        List<string> rows = [];
        string label = "";
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == NodeMeter.Name)
                {
                    own.EnableMeasurementEvents(instrument);
                    rows.Add(Row(instrument.Name, instrument is Counter<long>, instrument.Unit!, instrument.Name.EndsWith("frames.refused", StringComparison.Ordinal) ? "reason" : "", instrument.Description!));
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => label = tags.Length > 0 ? tags[0].Key : label);
        listener.Start();
        NodeMeter.Count(BrainSim.Contracts.Frames.FrameRefusal.Malformed);
        Assert.Equal("reason", label);
        return [.. rows];
    }

    private static IEnumerable<(string Text, string File)> Found(Regex pattern) =>
        from path in Repository.Files("src", "*.cs")
        where !path.Contains("/obj/", StringComparison.Ordinal)
        from Match match in pattern.Matches(Repository.Read(path))
        select (match.Groups["text"].Value, path);

    [GeneratedRegex(@"^\| ([a-z ]+) \| (any|[\d, ]+) \| ", RegexOptions.Multiline)]
    private static partial Regex ProblemRow();

    [GeneratedRegex(@"LogLevel\.(?:Warning|Error|Critical),[^)]*?Message = ""(?<text>[^""]+)""")]
    private static partial Regex LogLine();

    [GeneratedRegex(@"^\| `([^`]+)` \| ", RegexOptions.Multiline)]
    private static partial Regex LogRow();

    [GeneratedRegex(@"BodyOneofCase\.\w+ => ""([a-z ]+)"",")]
    private static partial Regex StoryWord();
}
