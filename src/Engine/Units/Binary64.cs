namespace BrainSim.Engine.Units;

/// <summary>
/// The constants of <see cref="Elementary"/> in double precision. Polynomials are listed highest power first (Horner).
/// Source: <c>bench/coefficients.py</c>, which derives them in 80-digit arithmetic. <see cref="Binary32"/> has the same names.
/// </summary>
public static class Binary64
{
    /// <summary>1.5·2^52. Adding it rounds |x| &lt; 2^51 to the nearest integer, ties to even, and leaves that integer in the low bits.</summary>
    public const double RoundingShift = 6755399441055744.0;

    public const int MantissaBits = 52;
    public const long MantissaMask = (1L << MantissaBits) - 1;

    public const double Log2E = 1.4426950408889634;

    /// <summary>ln 2 = Ln2Hi + Ln2Lo, to 107 bits.</summary>
    public const double Ln2Hi = 0.6931471805599453, Ln2Lo = 2.3190468138462996e-17;

    /// <summary>ln of the largest double: Exp is +inf above it.</summary>
    public const double ExpMax = 709.782712893384;

    /// <summary>Arguments beyond these give what these give: e^ExpLow is 0, e^ExpHigh is +inf, and e^Expm1Low - 1 is -1.</summary>
    public const double ExpLow = -746, ExpHigh = 710, Expm1Low = -40;

    /// <summary>The bits of 1 and of 1/2.</summary>
    public const long OneBits = 0x3FF0000000000000, HalfBits = 0x3FE0000000000000;

    /// <summary>2^-54: below it e^x - 1 rounds to x.</summary>
    public const double Expm1Tiny = 5.551115123125783e-17;

    /// <summary>e^r = 1 + r + r²·P(r) for |r| ≤ ln 2 / 2, of degree 11 in all.</summary>
    public static ReadOnlySpan<double> ExpP =>
    [
        2.51097084125505e-08, 2.763221157463771e-07, 2.755724209805718e-06, 2.4801487016054914e-05,
        0.0001984126988846835, 0.0013888888950261838, 0.008333333333320567, 0.04166666666650066,
        0.16666666666666677, 0.5000000000000016,
    ];

    /// <summary>Bits of 1 less the bits of √½: added to the bits of x it makes the mantissa overflow into the exponent at √2 instead of at 2.</summary>
    public const long LogShift = 0x3FF0000000000000 - SqrtHalfBits;

    public const long SqrtHalfBits = 0x3FE6A09E667F3BCD;

    /// <summary>The bits of 2^52, whose mantissa holds an integer below 2^52 as it is.</summary>
    public const long IntegerBits = 0x4330000000000000;

    /// <summary>2^52 plus the bias of the exponent; and the same plus 54 for a subnormal that was multiplied by 2^54.</summary>
    public const double LogBias = 4503599627370496.0 + 1023, LogBiasSubnormal = LogBias + 54;

    public const double MinNormal = 2.2250738585072014E-308, SubnormalScale = 18014398509481984.0;

    /// <summary>ln((1+s)/(1-s)) = 2s + s³·Q(s²) for |s| ≤ (√2-1)/(√2+1).</summary>
    public static ReadOnlySpan<double> LogQ =>
    [
        0.148942164128168, 0.1530338406152444, 0.1818402418324871, 0.22222188600307724,
        0.28571428855471814, 0.3999999999879214, 0.6666666666666861,
    ];

    public const double TwoOverPi = 0.6366197723675814;

    /// <summary>π/2 = A + B + C, to 160 bits.</summary>
    public const double HalfPiA = 1.5707963267948966, HalfPiB = 6.123233995736766e-17, HalfPiC = -1.4973849048591698e-33;

    /// <summary>2^45: sine and cosine are NaN beyond, where neighbouring doubles are 0.008 rad apart.</summary>
    public const double PhaseMax = 35184372088832.0;

    /// <summary>sin r = r + r³·S(r²) for |r| ≤ π/4.</summary>
    public static ReadOnlySpan<double> SinS =>
    [
        1.5885072110709634e-10, -2.5050528909398096e-08, 2.75573119901615e-06,
        -0.0001984126982389026, 0.008333333333312962, -0.16666666666666577,
    ];

    /// <summary>cos r = 1 - r²/2 + r⁴·C(r²) for |r| ≤ π/4.</summary>
    public static ReadOnlySpan<double> CosC =>
    [
        -1.135612502707575e-11, 2.0875648676736986e-09, -2.7557313741930997e-07,
        2.4801587287086338e-05, -0.0013888888888869656, 0.04166666666666657,
    ];
}
