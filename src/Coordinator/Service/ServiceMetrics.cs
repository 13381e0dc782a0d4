using System.Diagnostics.Metrics;
using BrainSim.Contracts.Api;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace BrainSim.Coordinator.Service;

/// <summary>What can be measured of a coordinator, under the meter <c>BrainSim.Coordinator</c>. Sent by OpenTelemetry where OTEL_EXPORTER_OTLP_ENDPOINT says where to.</summary>
internal sealed class ServiceMetrics : IDisposable
{
    public const string Name = "BrainSim.Coordinator";

    private readonly Meter meter = new(Name);
    private readonly MeterProvider? exporter;

    public ServiceMetrics(Board board)
    {
        meter.CreateObservableGauge("brainsim.runs", () => ByState(board.Now), "{run}", "Runs by state.");
        meter.CreateObservableGauge("brainsim.nodes", () => board.Now.Nodes.Length, "{node}", "Nodes that are heard of.");
        meter.CreateObservableGauge("brainsim.shards", () => board.Now.Nodes.Sum(node => node.Shards), "{shard}", "Shards that nodes have.");
        meter.CreateObservableGauge("brainsim.slots", () => board.Now.Nodes.Sum(node => node.Slots), "{shard}", "Shards that nodes could have.");
        meter.CreateObservableCounter("brainsim.steps", () => board.Now.Runs.Values.Where(run => run.Sweep is null).Sum(run => run.Step), "{step}", "Steps that all shards of a run have done, over all runs.");
        meter.CreateObservableCounter("brainsim.points", () => board.Now.Runs.Values.Sum(run => run.Sweep?.Ended ?? 0), "{point}", "Points of sweeps that have ended, over all sweeps.");
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
        {
            exporter = Sdk.CreateMeterProviderBuilder().AddMeter(Name).AddOtlpExporter().Build();
        }
    }

    public void Dispose()
    {
        exporter?.Dispose();
        meter.Dispose();
    }

    private static IEnumerable<Measurement<int>> ByState(Snapshot seen) =>
        new[] { RunState.Waiting, RunState.Building, RunState.Running }.Concat(RunState.Ends)
            .Select(state => new Measurement<int>(seen.Runs.Values.Count(run => run.State == state), new KeyValuePair<string, object?>("state", state)));
}
