using System.Globalization;

namespace BrainSim.Coordinator.Operations;

/// <summary>What is measured: a gauge goes up and down, a counter only up, from 0 at the start of the process.</summary>
/// <param name="Unit">As in UCUM: <c>s</c>, <c>By</c>, or what is counted in braces.</param>
/// <param name="Labels">In the order of a sample's.</param>
internal sealed record Instrument(string Name, bool IsCounter, string Unit, string Meaning, string[] Labels, Func<IEnumerable<Sample>> Observe)
{
    public static Instrument Gauge(string name, string unit, string meaning, Func<double> observe) => new(name, false, unit, meaning, [], () => [new Sample(observe())]);

    public static Instrument Gauge(string name, string unit, string meaning, string[] labels, Func<IEnumerable<Sample>> observe) => new(name, false, unit, meaning, labels, observe);

    public static Instrument Counter(string name, string unit, string meaning, Func<double> observe) => new(name, true, unit, meaning, [], () => [new Sample(observe())]);

    public static Instrument Counter(string name, string unit, string meaning, string[] labels, Func<IEnumerable<Sample>> observe) => new(name, true, unit, meaning, labels, observe);
}

/// <param name="Labels">Their values.</param>
internal sealed record Sample(double Value, params string[] Labels)
{
    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
