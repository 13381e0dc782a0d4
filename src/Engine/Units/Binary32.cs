namespace BrainSim.Engine.Units;

/// <summary>
/// The constants of <see cref="Elementary"/> in single precision; <see cref="Binary64"/> says what each one means.
/// Source: <c>bench/coefficients.py</c>.
/// </summary>
public static class Binary32
{
    /// <summary>1.5·2^23; rounds |x| &lt; 2^22.</summary>
    public const float RoundingShift = 12582912f;

    public const int MantissaBits = 23;
    public const int MantissaMask = (1 << MantissaBits) - 1;

    public const float Log2E = 1.44269502f;

    /// <summary>ln 2 = Ln2Hi + Ln2Lo, to 49 bits.</summary>
    public const float Ln2Hi = 0.693147182f, Ln2Lo = -1.90465421e-09f;

    public const float ExpMax = 88.7228317f;

    public const float ExpLow = -105f, ExpHigh = 89f, Expm1Low = -18f;

    public const int OneBits = 0x3F800000, HalfBits = 0x3F000000;

    /// <summary>2^-25.</summary>
    public const float Expm1Tiny = 2.98023224e-08f;

    /// <summary>Of degree 6 in all.</summary>
    public static ReadOnlySpan<float> ExpP => [0.0013641878f, 0.00837062672f, 0.0416719653f, 0.166665003f, 0.499999762f];

    public const int LogShift = 0x3F800000 - SqrtHalfBits;

    public const int SqrtHalfBits = 0x3F3504F3;

    /// <summary>The bits of 2^23.</summary>
    public const int IntegerBits = 0x4B000000;

    public const float LogBias = 8388608f + 127, LogBiasSubnormal = LogBias + 25;

    /// <summary>SubnormalScale is 2^25.</summary>
    public const float MinNormal = 1.17549435e-38f, SubnormalScale = 33554432f;

    public static ReadOnlySpan<float> LogQ => [0.30017361f, 0.399709791f, 0.666668475f];

    public const float TwoOverPi = 0.636619747f;

    public const float HalfPiA = 1.57079637f, HalfPiB = -4.37113883e-08f, HalfPiC = -1.71512451e-15f;

    /// <summary>2^20: sine and cosine are NaN beyond, where neighbouring floats are 0.125 rad apart.</summary>
    public const float PhaseMax = 1048576f;

    public static ReadOnlySpan<float> SinS => [-0.000194816341f, 0.00833184179f, -0.166666478f];

    public static ReadOnlySpan<float> CosC => [2.44185758e-05f, -0.00138871651f, 0.0416666418f];
}
