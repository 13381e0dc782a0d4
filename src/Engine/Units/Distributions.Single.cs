namespace BrainSim.Engine.Units;

/// <summary>
/// The single-precision half: the same uniform draws, rounded to float, and from there on the same operations in float only. An interval's
/// open end is reached by rounding, once in 3e7 draws. Poisson and gamma have no half of their own: they are drawn in double and rounded.
/// </summary>
public static partial class Distributions
{
    /// <summary>In [a, b] for finite a ≤ b with finite b - a.</summary>
    public static float UniformSingle(ref KeyedStream stream, float a, float b) =>
        MathF.FusedMultiplyAdd(b - a, (float)stream.NextUnit(), a);

    /// <summary>Deviation ≥ 0. Never more than 8.6 deviations from the mean.</summary>
    public static float NormalSingle(ref KeyedStream stream, float mean, float deviation)
    {
        float open = (float)stream.NextOpen();
        float unit = (float)stream.NextUnit();
        float standard = MathF.Sqrt(-2f * Elementary.Log(open)) * Elementary.Cos(2f * MathF.PI * unit);
        return MathF.FusedMultiplyAdd(deviation, standard, mean);
    }

    /// <summary>e^X with X normal(mu, sigma), sigma ≥ 0: the median is e^mu.</summary>
    public static float LognormalSingle(ref KeyedStream stream, float mu, float sigma) =>
        Elementary.Exp(NormalSingle(ref stream, mu, sigma));

    /// <summary>Mean ≥ 0. Never more than 36.8 means.</summary>
    public static float ExponentialSingle(ref KeyedStream stream, float mean) =>
        -mean * Elementary.Log((float)stream.NextOpen());
}
