using System.Globalization;
using System.Text;

namespace BrainSim.Coordinator.Operations;

/// <summary>What is measured, in Prometheus' text format 0.0.4.</summary>
internal static class PrometheusText
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<Instrument> instruments)
    {
        StringBuilder text = new();
        foreach (Instrument instrument in instruments)
        {
            string name = NameOf(instrument);
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escaped(instrument.Meaning)}\n# TYPE {name} {(instrument.IsCounter ? "counter" : "gauge")}\n");
            foreach (Sample sample in instrument.Observe())
            {
                text.Append(name);
                AddLabels(text, instrument.Labels, sample.Labels);
                text.Append(CultureInfo.InvariantCulture, $" {sample.Value:R}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>As OpenTelemetry names it for Prometheus: with the unit at the end, then what a counter is.</summary>
    public static string NameOf(Instrument instrument)
    {
        string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return instrument.Name.Replace('.', '_') + unit + (instrument.IsCounter ? "_total" : "");
    }

    private static void AddLabels(StringBuilder text, string[] names, string[] values)
    {
        for (int l = 0; l < names.Length; l++)
        {
            string value = Escaped(values[l]).Replace("\"", "\\\"", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"{(l == 0 ? "{" : ",")}{names[l]}=\"{value}\"");
        }

        text.Append(names.Length > 0 ? "}" : "");
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
