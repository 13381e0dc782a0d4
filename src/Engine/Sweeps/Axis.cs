using System.Collections.Immutable;
using System.Globalization;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>One value of a varied parameter.</summary>
/// <param name="Number">Null where it is no single number.</param>
/// <param name="Ordinal">Its position in the list that it comes from, from 0; -1 for one that was drawn.</param>
public sealed record AxisValue(Node Node, string Text, double? Number, int Ordinal)
{
    public static AxisValue Of(Node node, int ordinal)
    {
        string text = FlowText.Of(node);
        return new AxisValue(node, text, node is Scalar { Quoted: false } && Scalars.IsNumber(text, out double number) ? number : null, ordinal);
    }

    /// <param name="ordinal">-1 for a number that was drawn.</param>
    public static AxisValue Of(double number, Place place, int ordinal = -1)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return new AxisValue(new Scalar(place, text, quoted: false), text, number, ordinal);
    }
}

/// <summary>A parameter that differs between points, and the values that it may take.</summary>
/// <param name="Path">As <c>--set</c> takes it.</param>
/// <param name="Place">Of the values in the file; its path is <paramref name="Path"/>, so that mistakes of a value name the parameter.</param>
public abstract record Axis(string Path, Place Place)
{
    /// <summary>The value at a place between the first (0) and the last (1, excluded).</summary>
    public abstract AxisValue At(double unit);

    /// <summary>A value as its <see cref="AxisValue.Ordinal"/> and <see cref="AxisValue.Number"/> name it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis has no such value.</exception>
    public abstract AxisValue Named(int ordinal, double number);
}

/// <summary>Values one by one.</summary>
public sealed record ListedAxis(string Path, Place Place, ImmutableArray<AxisValue> Values) : Axis(Path, Place)
{
    public override AxisValue At(double unit) => Values[Math.Clamp((int)(unit * Values.Length), 0, Values.Length - 1)];

    public override AxisValue Named(int ordinal, double number) => ordinal >= 0 && ordinal < Values.Length ? Values[ordinal] : throw new ArgumentOutOfRangeException(nameof(ordinal));
}

/// <summary>All numbers from <paramref name="From"/> to <paramref name="To"/>, both included.</summary>
/// <param name="IsLog">Evenly in the logarithm.</param>
/// <param name="IsWhole">Whole numbers only, each as often.</param>
public sealed record IntervalAxis(string Path, Place Place, double From, double To, bool IsLog, bool IsWhole) : Axis(Path, Place)
{
    public override AxisValue At(double unit) => AxisValue.Of(Math.Clamp(Number(unit), From, To), Place);

    public override AxisValue Named(int ordinal, double number) => number >= From && number <= To ? AxisValue.Of(number, Place) : throw new ArgumentOutOfRangeException(nameof(number));

    private double Number(double unit)
    {
        if (IsWhole)
        {
            return Math.Floor(From + (unit * (To - From + 1)));
        }

        return IsLog ? Elementary.Exp(Elementary.Log(From) + (unit * (Elementary.Log(To) - Elementary.Log(From)))) : From + (unit * (To - From));
    }
}
