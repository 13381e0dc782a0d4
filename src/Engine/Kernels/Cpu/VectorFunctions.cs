namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>Writes arithmetic and elementary functions into a graph: lane by lane the operations of <see cref="Units.Elementary"/>, so that vectors of every width give its bits.</summary>
public sealed class VectorFunctions(VectorGraph graph, FloatFormat format)
{
    public int Number(double value) => graph.Add(new VectorNode(VectorOp.Constant, Bits: format.Bits(value)));

    public int Add(int a, int b) => graph.Add(new VectorNode(VectorOp.Add, a, b));

    public int Subtract(int a, int b) => graph.Add(new VectorNode(VectorOp.Subtract, a, b));

    public int Multiply(int a, int b) => graph.Add(new VectorNode(VectorOp.Multiply, a, b));

    public int Divide(int a, int b) => graph.Add(new VectorNode(VectorOp.Divide, a, b));

    public int Fma(int a, int b, int c) => graph.Add(new VectorNode(VectorOp.MultiplyAdd, a, b, c));

    /// <summary>c - a*b.</summary>
    public int NegatedFma(int a, int b, int c) => graph.Add(new VectorNode(VectorOp.NegatedMultiplyAdd, a, b, c));

    public int Negate(int a) => graph.Add(new VectorNode(VectorOp.Negate, a));

    public int Abs(int a) => graph.Add(new VectorNode(VectorOp.Abs, a));

    public int Floor(int a) => graph.Add(new VectorNode(VectorOp.Floor, a));

    public int Ceiling(int a) => graph.Add(new VectorNode(VectorOp.Ceiling, a));

    public int SquareRoot(int a) => graph.Add(new VectorNode(VectorOp.SquareRoot, a));

    public int Min(int a, int b) => graph.Add(new VectorNode(VectorOp.Min, a, b));

    public int Max(int a, int b) => graph.Add(new VectorNode(VectorOp.Max, a, b));

    public int Less(int a, int b) => graph.Add(new VectorNode(VectorOp.Less, a, b));

    public int LessOrEqual(int a, int b) => graph.Add(new VectorNode(VectorOp.LessOrEqual, a, b));

    public int Equal(int a, int b) => graph.Add(new VectorNode(VectorOp.Equal, a, b));

    public int And(int a, int b) => graph.Add(new VectorNode(VectorOp.And, a, b));

    public int Or(int a, int b) => graph.Add(new VectorNode(VectorOp.Or, a, b));

    public int Not(int a) => graph.Add(new VectorNode(VectorOp.Not, a));

    public int Select(int mask, int yes, int no) => graph.Add(new VectorNode(VectorOp.Select, mask, yes, no));

    public int Sign(int x) => Select(Less(Number(0), x), Number(1), Select(Less(x, Number(0)), Number(-1), x));

    public int Exp(int x)
    {
        int z = Greater(Number(format.ExpLow), Lesser(Number(format.ExpHigh), x));
        (int n, _) = ReduceExp(z);
        int r = Fma(n, Number(-format.Ln2Lo), Fma(n, Number(-format.Ln2Hi), z));
        int p = Fma(Fma(Paired(format.ExpP, r, Multiply(r, r)), r, Number(1)), r, Number(1));
        return graph.Add(new VectorNode(VectorOp.ScaleByPower, p, n));
    }

    public int Expm1(int x) => Select(Less(Abs(x), Number(format.Expm1Tiny)), x, BoundedExpm1(Lesser(Number(format.ExpHigh), x)));

    public int Exprel(int x)
    {
        int y = Lesser(Number(format.ExpHigh), AwayFromZero(x));
        return Divide(BoundedExpm1(y), y);
    }

    public int InverseExprel(int x)
    {
        int y = Lesser(Number(format.ExpHigh), AwayFromZero(x));
        return Divide(y, BoundedExpm1(y));
    }

    /// <summary>(e^x - 1)/x from a known e^x; near zero, where that cancels, the series to x^5/720.</summary>
    public int Exprel(int x, int exponential)
    {
        int series = Horner([1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1], x);
        return Select(Less(Abs(x), Number(SeriesRange)), series, Divide(Subtract(exponential, Number(1)), x));
    }

    /// <summary>x/(e^x - 1) from a known e^x; near zero, where that cancels, the series 1 - x/2 + x^2/12 - x^4/720.</summary>
    public int InverseExprel(int x, int exponential)
    {
        int square = Multiply(x, x);
        int series = Fma(square, Fma(square, Number(-1.0 / 720), Number(1.0 / 12)), Fma(x, Number(-0.5), Number(1)));
        return Select(Less(Abs(x), Number(SeriesRange)), series, Divide(x, Subtract(exponential, Number(1))));
    }

    /// <summary>Within it both series end below a rounding (x^6/5040 and x^6/30240); beyond it the difference loses at most 100 (float32: 4) roundings.</summary>
    private double SeriesRange => format.Precision == Units.Precision.Float64 ? 0.01 : 0.25;

    public int Log(int x)
    {
        int subnormal = Less(x, Number(format.MinNormal));
        int bits = IntegerAdd(Select(subnormal, Multiply(x, Number(format.SubnormalScale)), x), Bits(format.LogShift));
        int exponent = graph.Add(new VectorNode(VectorOp.ShiftRight, bits, Slot: format.MantissaBits));
        int k = Subtract(Or(exponent, Bits(format.IntegerBits)), Select(subnormal, Number(format.LogBiasSubnormal), Number(format.LogBias)));
        int f = Subtract(IntegerAdd(And(bits, Bits(format.MantissaMask)), Bits(format.SqrtHalfBits)), Number(1));
        int s = Divide(f, Add(Number(2), f));
        int w = Multiply(s, s);
        int y = NegatedFma(s, NegatedFma(w, Horner(format.LogQ, w), f), f);
        y = Fma(k, Number(format.Ln2Hi), Fma(k, Number(format.Ln2Lo), y));
        int outside = Select(Equal(x, Number(0)), Number(double.NegativeInfinity), Number(double.NaN));
        y = Select(Less(Number(0), x), y, outside);
        return Select(Equal(x, Number(double.PositiveInfinity)), x, y);
    }

    public int Log1p(int x)
    {
        int u = Add(Number(1), x);
        int taken = Subtract(u, Number(1));
        int lost = Add(Subtract(Number(1), Subtract(u, taken)), Subtract(x, taken));
        int y = Log(u);
        int more = Divide(lost, u);
        return Select(Less(Abs(more), Number(1)), Add(y, more), y);
    }

    public int Sin(int x) => Turned(x, 0);

    public int Cos(int x) => Turned(x, 1);

    public int Tan(int x) => Divide(Turned(x, 0), Turned(x, 1));

    public int Tanh(int x)
    {
        int e = Expm1(Multiply(Number(-2), Abs(x)));
        return CopySign(Divide(e, Add(Number(2), e)), x);
    }

    public int Sinh(int x)
    {
        int e = Expm1(Abs(x));
        int y = Multiply(Number(0.5), Add(e, Divide(e, Add(e, Number(1)))));
        return CopySign(Select(Less(e, Number(double.PositiveInfinity)), y, e), x);
    }

    public int Cosh(int x)
    {
        int e = Exp(Abs(x));
        return Add(Multiply(Number(0.5), e), Divide(Number(0.5), e));
    }

    public int Sigmoid(int x) => Divide(Number(1), Add(Number(1), Exp(Negate(x))));

    public int Power(int x, int y)
    {
        int size = Abs(x);
        int magnitude = Select(Equal(size, Number(1)), Number(1), Exp(Multiply(y, Log(size))));
        int half = Multiply(Number(0.5), y);
        int whole = Equal(Floor(y), y);
        int odd = And(whole, Not(Equal(Floor(half), half)));
        int signed = Select(odd, CopySign(magnitude, x), magnitude);
        int defined = Or(Or(LessOrEqual(Number(0), x), whole), Equal(size, Number(double.PositiveInfinity)));
        int result = Select(defined, signed, Number(double.NaN));
        int ordered = And(Equal(x, x), Equal(y, y));
        result = Select(ordered, result, Add(x, y));
        return Select(Or(Equal(y, Number(0)), Equal(x, Number(1))), Number(1), result);
    }

    /// <summary>x^n for a whole n by squaring: at most 2 log2 |n| multiplications.</summary>
    public int WholePower(int x, int exponent)
    {
        int rest = Math.Abs(exponent);
        int square = x;
        int product = -1;
        for (; rest > 0; rest >>= 1)
        {
            if ((rest & 1) != 0)
            {
                product = product < 0 ? square : Multiply(product, square);
            }

            square = rest > 1 ? Multiply(square, square) : square;
        }

        return exponent < 0 ? Divide(Number(1), product) : product;
    }

    private int Bits(long bits) => graph.Add(new VectorNode(VectorOp.Constant, Bits: bits));

    private int IntegerAdd(int a, int b) => graph.Add(new VectorNode(VectorOp.IntegerAdd, a, b));

    private int CopySign(int magnitude, int sign) => Or(And(magnitude, Bits(~format.SignBit)), And(sign, Bits(format.SignBit)));

    private (int N, int Power) ReduceExp(int x)
    {
        int t = Fma(x, Number(format.Log2E), Number(format.RoundingShift));
        return (Subtract(t, Number(format.RoundingShift)), t);
    }

    private int Lesser(int a, int b) => graph.Add(new VectorNode(VectorOp.Lesser, a, b));

    private int Greater(int a, int b) => graph.Add(new VectorNode(VectorOp.Greater, a, b));

    private int AwayFromZero(int x) => CopySign(Greater(Number(format.Expm1Tiny), Abs(x)), x);

    private int BoundedExpm1(int x)
    {
        int z = Greater(Number(format.Expm1Low), x);
        (int n, int power) = ReduceExp(z);
        int r = Fma(n, Number(-format.Ln2Lo), Fma(n, Number(-format.Ln2Hi), z));
        int square = Multiply(r, r);
        int p = Fma(square, Paired(format.ExpP, r, square), r);
        int h = IntegerAdd(graph.Add(new VectorNode(VectorOp.ShiftLeft, power, Slot: format.MantissaBits)), Bits(format.HalfBits));
        int y = Fma(h, p, Subtract(h, Number(0.5)));
        return Add(y, y);
    }

    private int Turned(int x, long turn)
    {
        int t = Fma(x, Number(format.TwoOverPi), Number(format.RoundingShift));
        int n = Subtract(t, Number(format.RoundingShift));
        int r = Fma(n, Number(-format.HalfPiC), Fma(n, Number(-format.HalfPiB), Fma(n, Number(-format.HalfPiA), x)));
        int z = Multiply(r, r);
        int sin = Fma(Multiply(z, Horner(format.SinS, z)), r, r);
        int cos = Fma(Fma(Horner(format.CosC, z), z, Number(-0.5)), z, Number(1));
        int quadrant = turn == 0 ? t : IntegerAdd(t, Bits(turn));

        // The quadrant's lowest bit chooses the function, the next one the sign; a shift brings each to the sign's place.
        int odd = graph.Add(new VectorNode(VectorOp.ShiftLeft, quadrant, Slot: SignShift));
        int y = Select(Less(CopySign(Number(1), odd), Number(0)), cos, sin);
        int flip = And(graph.Add(new VectorNode(VectorOp.ShiftLeft, quadrant, Slot: SignShift - 1)), Bits(format.SignBit));
        return Select(LessOrEqual(Abs(x), Number(format.PhaseMax)), graph.Add(new VectorNode(VectorOp.Xor, y, flip)), Number(double.NaN));
    }

    private int SignShift => format.Precision == Units.Precision.Float64 ? 63 : 31;

    private int Paired(double[] coefficients, int x, int square)
    {
        int first = Number(coefficients[0]);
        int second = Number(coefficients[1]);
        int i = 2;
        for (; i + 1 < coefficients.Length; i += 2)
        {
            first = Fma(first, square, Number(coefficients[i]));
            second = Fma(second, square, Number(coefficients[i + 1]));
        }

        return i < coefficients.Length ? Fma(second, x, Fma(first, square, Number(coefficients[i]))) : Fma(first, x, second);
    }

    private int Horner(double[] coefficients, int x)
    {
        int sum = Number(coefficients[0]);
        for (int i = 1; i < coefficients.Length; i++)
        {
            sum = Fma(sum, x, Number(coefficients[i]));
        }

        return sum;
    }
}
