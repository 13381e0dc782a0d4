using System.Text.Json;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Coordinator.Service;
using BrainSim.Tests.Coordinator.Service;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

/// <summary>The coordinator's log as programs read it.</summary>
public sealed class LogsTests
{
    [Fact]
    public async Task EveryDecisionIsOneJsonObjectOnOneLineWithItsValuesByName()
    {
        LineSink sink = new(Logs.Format(forPeople: false));
        Logger logger = Logs.Levels().WriteTo.Sink(sink).CreateLogger();
        await using (TestCluster cluster = await TestCluster.Start(nodes: 1, logging: logging => logging.AddSerilog(logger, dispose: true)))
        {
            using CoordinatorClient client = cluster.Client();
            RunView end = await client.Follow(await cluster.Run(Networks.Small), _ => { });
            Assert.Equal(RunState.Done, end.State);
        }

        JsonElement[] lines = [.. sink.Lines.Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("Properties").TryGetProperty("Decision", out _))];
        string[] decisions = [.. lines.Select(line => line.GetProperty("Properties").GetProperty("Decision").GetString()!)];
        Assert.Contains("node came", decisions);
        Assert.Equal(["submitted", "placed", "committed", "ended"], decisions.Where(decision => decision is not "node came" and not "waits").Distinct());
        JsonElement ended = lines.Single(line => line.GetProperty("Properties").GetProperty("Decision").GetString() == "ended");
        Assert.Equal(1, ended.GetProperty("Properties").GetProperty("Run").GetInt64());
        Assert.StartsWith("run 1: done, state hash ", ended.GetProperty("RenderedMessage").GetString(), StringComparison.Ordinal);
        Assert.All(sink.Lines, line => Assert.Equal('\n', Assert.Single(line, c => c == '\n')));
    }

    [Fact]
    public void APersonReadsText()
    {
        LineSink sink = new(Logs.Format(forPeople: true));
        using Logger logger = Logs.Levels().WriteTo.Sink(sink).CreateLogger();
        logger.Information("run {Run}: {What:l} ({Decision:l})", 7, "done", "ended");
        Assert.Matches("^[0-9T:.+-]+ INF run 7: done \\(ended\\)\n$", Assert.Single(sink.Lines));
    }

    [Fact]
    public void WhatOthersSayMakesNoSecondLine()
    {
        LineSink sink = new(Logs.Format(forPeople: true));
        using Logger logger = Logs.Levels().WriteTo.Sink(sink).CreateLogger();
        logger.Warning("a connection says that it is {Address}", "node\n2026-01-01 FTL all is lost\r\u001b[2J\u2028ü");
        Assert.EndsWith("says that it is node\\u000a2026-01-01 FTL all is lost\\u000d\\u001b[2J\\u2028ü\n", Assert.Single(sink.Lines), StringComparison.Ordinal);
    }

    private sealed class LineSink(ITextFormatter formatter) : ILogEventSink
    {
        private readonly List<string> lines = [];

        public string[] Lines
        {
            get
            {
                lock (lines)
                {
                    return [.. lines];
                }
            }
        }

        public void Emit(LogEvent logEvent)
        {
            using StringWriter text = new() { NewLine = "\n" };
            formatter.Format(logEvent, text);
            lock (lines)
            {
                lines.Add(text.ToString());
            }
        }
    }
}
