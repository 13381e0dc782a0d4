using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BrainSim.Bench;

/// <summary>What goes to the standard output: one line of JSON per result.</summary>
public static class Lines
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints and returns the line.</summary>
    public static string Print<T>(T result)
    {
        string line = JsonSerializer.Serialize(result, Format);
        Console.WriteLine(line);
        return line;
    }

    /// <summary>The largest resident memory of this process so far, in MB of 10^6 bytes; null where the system does not say.</summary>
    public static double? PeakMegabytes()
    {
        const string Status = "/proc/self/status", Name = "VmHWM:";
        if (!File.Exists(Status))
        {
            return null;
        }

        string line = File.ReadLines(Status).First(l => l.StartsWith(Name, StringComparison.Ordinal));
        return Math.Round(double.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6);
    }

    /// <summary>Processor and how many of its cores this process may use.</summary>
    public static string Machine()
    {
        const string Processors = "/proc/cpuinfo", Name = "model name";
        string? line = File.Exists(Processors) ? File.ReadLines(Processors).FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal)) : null;
        string processor = line is null ? System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
        return $"{processor}, {Environment.ProcessorCount} cores";
    }
}
