using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BrainSim.Coordinator.Operations;

/// <summary>Sends metrics and traces by OpenTelemetry, to where the standard variables say: OTEL_EXPORTER_OTLP_ENDPOINT and those beside it. Without that nothing is sent.</summary>
internal sealed class Telemetry : IDisposable
{
    public const string Coordinator = "BrainSim.Coordinator";

    private readonly Meter? meter;
    private readonly MeterProvider? metrics;
    private readonly TracerProvider? traces;

    /// <param name="name">Of the meter and of the source of traces; who sets OTEL_SERVICE_NAME names the service.</param>
    /// <param name="instruments">Of the meter, where it is not a meter that others made.</param>
    public Telemetry(string name, IReadOnlyList<Instrument> instruments)
    {
        meter = instruments.Count > 0 ? new Meter(name) : null;
        foreach (Instrument instrument in instruments)
        {
            Define(meter!, instrument);
        }

        if (IsOn("METRICS") || IsOn("TRACES"))
        {
            ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService(name, serviceVersion: CommandLine.Results.Version).AddEnvironmentVariableDetector();
            metrics = IsOn("METRICS") ? Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(name).AddOtlpExporter().Build() : null;
            traces = IsOn("TRACES") ? Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(name).AddOtlpExporter().Build() : null;
        }
    }

    public static void Define(Meter meter, Instrument instrument)
    {
        IEnumerable<Measurement<double>> Observe() => instrument.Observe().Select(sample => new Measurement<double>(
            sample.Value, instrument.Labels.Select((label, l) => new KeyValuePair<string, object?>(label, sample.Labels[l]))));
        if (instrument.IsCounter)
        {
            meter.CreateObservableCounter(instrument.Name, Observe, instrument.Unit, instrument.Meaning);
        }
        else
        {
            meter.CreateObservableGauge(instrument.Name, Observe, instrument.Unit, instrument.Meaning);
        }
    }

    public void Dispose()
    {
        metrics?.Dispose();
        traces?.Dispose();
        meter?.Dispose();
    }

    /// <summary>The endpoint of all signals, or that of one.</summary>
    private static bool IsOn(string signal) => IsSet("OTEL_EXPORTER_OTLP_ENDPOINT") || IsSet($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
