using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>The constants of <see cref="Elementary"/> for one precision, as the vector code needs them.</summary>
public sealed record FloatFormat
{
    public required Precision Precision { get; init; }

    public required int MantissaBits { get; init; }

    public required long MantissaMask { get; init; }

    public required long SignBit { get; init; }

    public required double RoundingShift { get; init; }

    public required double Ln2Hi { get; init; }

    public required double Ln2Lo { get; init; }

    public required double Log2E { get; init; }

    public required double ExpLow { get; init; }

    public required double ExpHigh { get; init; }

    public required double Expm1Low { get; init; }

    public required long HalfBits { get; init; }

    public required double Expm1Tiny { get; init; }

    public required double[] ExpP { get; init; }

    public required long LogShift { get; init; }

    public required long SqrtHalfBits { get; init; }

    public required long IntegerBits { get; init; }

    public required double LogBias { get; init; }

    public required double LogBiasSubnormal { get; init; }

    public required double MinNormal { get; init; }

    public required double SubnormalScale { get; init; }

    public required double[] LogQ { get; init; }

    public required double TwoOverPi { get; init; }

    public required double HalfPiA { get; init; }

    public required double HalfPiB { get; init; }

    public required double HalfPiC { get; init; }

    public required double PhaseMax { get; init; }

    public required double[] SinS { get; init; }

    public required double[] CosC { get; init; }

    public static FloatFormat Of(Precision precision) => precision == Precision.Float64 ? Double : Single;

    /// <summary>The bits that a number has in this precision.</summary>
    public long Bits(double value) => Precision == Precision.Float64 ? BitConverter.DoubleToInt64Bits(value) : BitConverter.SingleToInt32Bits((float)value);

    private static FloatFormat Double { get; } = new()
    {
        Precision = Precision.Float64, MantissaBits = Binary64.MantissaBits, MantissaMask = Binary64.MantissaMask, SignBit = long.MinValue,
        RoundingShift = Binary64.RoundingShift, Ln2Hi = Binary64.Ln2Hi, Ln2Lo = Binary64.Ln2Lo, Log2E = Binary64.Log2E,
        ExpLow = Binary64.ExpLow, ExpHigh = Binary64.ExpHigh, Expm1Low = Binary64.Expm1Low, HalfBits = Binary64.HalfBits, Expm1Tiny = Binary64.Expm1Tiny, ExpP = Binary64.ExpP.ToArray(),
        LogShift = Binary64.LogShift, SqrtHalfBits = Binary64.SqrtHalfBits, IntegerBits = Binary64.IntegerBits,
        LogBias = Binary64.LogBias, LogBiasSubnormal = Binary64.LogBiasSubnormal, MinNormal = Binary64.MinNormal, SubnormalScale = Binary64.SubnormalScale, LogQ = Binary64.LogQ.ToArray(),
        TwoOverPi = Binary64.TwoOverPi, HalfPiA = Binary64.HalfPiA, HalfPiB = Binary64.HalfPiB, HalfPiC = Binary64.HalfPiC, PhaseMax = Binary64.PhaseMax,
        SinS = Binary64.SinS.ToArray(), CosC = Binary64.CosC.ToArray(),
    };

    private static FloatFormat Single { get; } = new()
    {
        Precision = Precision.Float32, MantissaBits = Binary32.MantissaBits, MantissaMask = Binary32.MantissaMask, SignBit = int.MinValue,
        RoundingShift = Binary32.RoundingShift, Ln2Hi = Binary32.Ln2Hi, Ln2Lo = Binary32.Ln2Lo, Log2E = Binary32.Log2E,
        ExpLow = Binary32.ExpLow, ExpHigh = Binary32.ExpHigh, Expm1Low = Binary32.Expm1Low, HalfBits = Binary32.HalfBits, Expm1Tiny = Binary32.Expm1Tiny, ExpP = Widened(Binary32.ExpP),
        LogShift = Binary32.LogShift, SqrtHalfBits = Binary32.SqrtHalfBits, IntegerBits = Binary32.IntegerBits,
        LogBias = Binary32.LogBias, LogBiasSubnormal = Binary32.LogBiasSubnormal, MinNormal = Binary32.MinNormal, SubnormalScale = Binary32.SubnormalScale, LogQ = Widened(Binary32.LogQ),
        TwoOverPi = Binary32.TwoOverPi, HalfPiA = Binary32.HalfPiA, HalfPiB = Binary32.HalfPiB, HalfPiC = Binary32.HalfPiC, PhaseMax = Binary32.PhaseMax,
        SinS = Widened(Binary32.SinS), CosC = Widened(Binary32.CosC),
    };

    private static double[] Widened(ReadOnlySpan<float> values)
    {
        double[] widened = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            widened[i] = values[i];
        }

        return widened;
    }
}
