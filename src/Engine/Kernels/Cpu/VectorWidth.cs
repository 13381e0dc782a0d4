using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>Vectors of one width and precision, and the methods that compute with them.</summary>
public sealed class VectorWidth
{
    private static readonly ConcurrentDictionary<(int Bits, Precision Precision), VectorWidth> Known = [];

    private readonly Type home;
    private readonly Dictionary<string, MethodInfo> found = [];
    private readonly MethodInfo[] methods;

    private VectorWidth(int bits, Precision precision)
    {
        Bits = bits;
        Precision = precision;
        Element = precision == Precision.Float64 ? typeof(double) : typeof(float);
        Integer = precision == Precision.Float64 ? typeof(long) : typeof(int);
        (home, Type generic, Specials) = bits switch
        {
            512 => (typeof(Vector512), typeof(Vector512<>), typeof(Lanes512)),
            256 => (typeof(Vector256), typeof(Vector256<>), typeof(Lanes256)),
            _ => (typeof(Vector128), typeof(Vector128<>), typeof(Lanes128)),
        };
        Vector = generic.MakeGenericType(Element);
        methods = home.GetMethods(BindingFlags.Public | BindingFlags.Static);
    }

    public int Bits { get; }

    public Precision Precision { get; }

    public Type Element { get; }

    public Type Integer { get; }

    public Type Vector { get; }

    public int Lanes => Bits / 8 / Precision.Bytes();

    /// <summary>Operations beyond one library call: <see cref="Lanes512"/> and its like.</summary>
    public Type Specials { get; }

    /// <summary>Widths that this processor computes with, widest first.</summary>
    public static IEnumerable<int> Supported
    {
        get
        {
            if (Vector512.IsHardwareAccelerated)
            {
                yield return 512;
            }

            if (Vector256.IsHardwareAccelerated)
            {
                yield return 256;
            }

            yield return 128;
        }
    }

    public static VectorWidth Of(int bits, Precision precision) => Known.GetOrAdd((bits, precision), key => new VectorWidth(key.Bits, key.Precision));

    /// <summary>A generic method of the vector class over the element type (or another one).</summary>
    public MethodInfo Method(string name, int parameters, Type? over = null)
    {
        Type type = over ?? Element;
        string key = $"{name}/{parameters}/{type.Name}";
        lock (found)
        {
            if (!found.TryGetValue(key, out MethodInfo? method))
            {
                method = Find(name, parameters, type);
                found.Add(key, method);
            }

            return method;
        }
    }

    public MethodInfo Special(string name) => Specials.GetMethod($"{name}{Element.Name}")!;

    private MethodInfo Find(string name, int parameters, Type type)
    {
        foreach (MethodInfo method in methods)
        {
            if (method.Name != name || method.GetParameters() is not { } shape || shape.Length != parameters)
            {
                continue;
            }

            if (!method.IsGenericMethodDefinition)
            {
                if (shape[0].ParameterType == type || shape[0].ParameterType == home.Assembly.GetType($"{home.FullName}`1")?.MakeGenericType(type))
                {
                    return method;
                }
            }
            else if (name is "Load" or "Store" || !shape[0].ParameterType.IsPointer)
            {
                return method.MakeGenericMethod(type);
            }
        }

        throw new InvalidOperationException($"{home.Name}.{name} over {type.Name} does not exist.");
    }
}

/// <summary>What one library call cannot say, for 512 bits.</summary>
public static unsafe class Lanes512
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ActiveDouble(int* activeFrom, int step) =>
        Vector512.LessThanOrEqual(Vector512.WidenLower(Vector256.Load(activeFrom).ToVector512Unsafe()), Vector512.Create((long)step)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ActiveSingle(int* activeFrom, int step) =>
        Vector512.LessThanOrEqual(Vector512.Load(activeFrom), Vector512.Create(step)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> IndexDouble(long first) => Vector512.Create((double)first) + Vector512.Create(0.0, 1, 2, 3, 4, 5, 6, 7);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IndexSingle(long first) =>
        Vector512.Create((float)first) + Vector512.Create(0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    public static Vector512<double> RefractoryDouble(KernelArguments* arguments, int first) =>
        arguments->RefractoryOfEach == null
            ? Vector512.Create((double)arguments->RefractorySteps)
            : Vector512.ConvertToDouble(Vector512.WidenLower(Vector256.Load(arguments->RefractoryOfEach + first).ToVector512Unsafe()));

    public static Vector512<float> RefractorySingle(KernelArguments* arguments, int first) =>
        arguments->RefractoryOfEach == null
            ? Vector512.Create((float)arguments->RefractorySteps)
            : Vector512.ConvertToSingle(Vector512.Load(arguments->RefractoryOfEach + first));

    /// <summary>c - a*b, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> NegatedMultiplyAddDouble(Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        Avx512F.IsSupported ? Avx512F.FusedMultiplyAddNegated(a, b, c) : Vector512.FusedMultiplyAdd(-a, b, c);

    /// <summary>y*2^n, rounded once: one instruction where there is one, else as <see cref="Elementary"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ScaleByPowerDouble(Vector512<double> y, Vector512<double> n)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Scale(y, n);
        }

        Vector512<double> half = Vector512.Floor(Vector512.Create((double)0.5) * n);
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> PowerOfTwo(Vector512<double> n) =>
        (((n + Vector512.Create(Binary64.RoundingShift)).AsInt64() << Binary64.MantissaBits) + Vector512.Create(Binary64.OneBits)).AsDouble();

    /// <summary>c - a*b, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NegatedMultiplyAddSingle(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.IsSupported ? Avx512F.FusedMultiplyAddNegated(a, b, c) : Vector512.FusedMultiplyAdd(-a, b, c);

    /// <summary>y*2^n, rounded once: one instruction where there is one, else as <see cref="Elementary"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ScaleByPowerSingle(Vector512<float> y, Vector512<float> n)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Scale(y, n);
        }

        Vector512<float> half = Vector512.Floor(Vector512.Create((float)0.5) * n);
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<float> n) =>
        (((n + Vector512.Create(Binary32.RoundingShift)).AsInt32() << Binary32.MantissaBits) + Vector512.Create(Binary32.OneBits)).AsSingle();
}

/// <summary>What one library call cannot say, for 256 bits.</summary>
public static unsafe class Lanes256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ActiveDouble(int* activeFrom, int step) =>
        Vector256.LessThanOrEqual(Vector256.WidenLower(Vector128.Load(activeFrom).ToVector256Unsafe()), Vector256.Create((long)step)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ActiveSingle(int* activeFrom, int step) =>
        Vector256.LessThanOrEqual(Vector256.Load(activeFrom), Vector256.Create(step)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> IndexDouble(long first) => Vector256.Create((double)first) + Vector256.Create(0.0, 1, 2, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IndexSingle(long first) => Vector256.Create((float)first) + Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);

    public static Vector256<double> RefractoryDouble(KernelArguments* arguments, int first) =>
        arguments->RefractoryOfEach == null
            ? Vector256.Create((double)arguments->RefractorySteps)
            : Vector256.ConvertToDouble(Vector256.WidenLower(Vector128.Load(arguments->RefractoryOfEach + first).ToVector256Unsafe()));

    public static Vector256<float> RefractorySingle(KernelArguments* arguments, int first) =>
        arguments->RefractoryOfEach == null
            ? Vector256.Create((float)arguments->RefractorySteps)
            : Vector256.ConvertToSingle(Vector256.Load(arguments->RefractoryOfEach + first));

    /// <summary>c - a*b, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> NegatedMultiplyAddDouble(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Fma.IsSupported ? Fma.MultiplyAddNegated(a, b, c) : Vector256.FusedMultiplyAdd(-a, b, c);

    /// <summary>y*2^n, rounded once, as <see cref="Elementary"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ScaleByPowerDouble(Vector256<double> y, Vector256<double> n)
    {
        Vector256<double> half = Vector256.Floor(Vector256.Create((double)0.5) * n);
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> PowerOfTwo(Vector256<double> n) =>
        (((n + Vector256.Create(Binary64.RoundingShift)).AsInt64() << Binary64.MantissaBits) + Vector256.Create(Binary64.OneBits)).AsDouble();

    /// <summary>c - a*b, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> NegatedMultiplyAddSingle(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Fma.IsSupported ? Fma.MultiplyAddNegated(a, b, c) : Vector256.FusedMultiplyAdd(-a, b, c);

    /// <summary>y*2^n, rounded once, as <see cref="Elementary"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ScaleByPowerSingle(Vector256<float> y, Vector256<float> n)
    {
        Vector256<float> half = Vector256.Floor(Vector256.Create((float)0.5) * n);
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<float> n) =>
        (((n + Vector256.Create(Binary32.RoundingShift)).AsInt32() << Binary32.MantissaBits) + Vector256.Create(Binary32.OneBits)).AsSingle();
}

/// <summary>What one library call cannot say, for 128 bits.</summary>
public static unsafe class Lanes128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ActiveDouble(int* activeFrom, int step) =>
        Vector128.LessThanOrEqual(Vector128.WidenLower(Vector64.Load(activeFrom).ToVector128Unsafe()), Vector128.Create((long)step)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ActiveSingle(int* activeFrom, int step) =>
        Vector128.LessThanOrEqual(Vector128.Load(activeFrom), Vector128.Create(step)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> IndexDouble(long first) => Vector128.Create((double)first) + Vector128.Create(0.0, 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> IndexSingle(long first) => Vector128.Create((float)first) + Vector128.Create(0f, 1, 2, 3);

    public static Vector128<double> RefractoryDouble(KernelArguments* arguments, int first) =>
        arguments->RefractoryOfEach == null
            ? Vector128.Create((double)arguments->RefractorySteps)
            : Vector128.Create((double)arguments->RefractoryOfEach[first], arguments->RefractoryOfEach[first + 1]);

    public static Vector128<float> RefractorySingle(KernelArguments* arguments, int first) =>
        arguments->RefractoryOfEach == null
            ? Vector128.Create((float)arguments->RefractorySteps)
            : Vector128.ConvertToSingle(Vector128.Load(arguments->RefractoryOfEach + first));

    /// <summary>c - a*b, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> NegatedMultiplyAddDouble(Vector128<double> a, Vector128<double> b, Vector128<double> c) =>
        Fma.IsSupported ? Fma.MultiplyAddNegated(a, b, c) : Vector128.FusedMultiplyAdd(-a, b, c);

    /// <summary>y*2^n, rounded once, as <see cref="Elementary"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ScaleByPowerDouble(Vector128<double> y, Vector128<double> n)
    {
        Vector128<double> half = Vector128.Floor(Vector128.Create((double)0.5) * n);
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> PowerOfTwo(Vector128<double> n) =>
        (((n + Vector128.Create(Binary64.RoundingShift)).AsInt64() << Binary64.MantissaBits) + Vector128.Create(Binary64.OneBits)).AsDouble();

    /// <summary>c - a*b, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> NegatedMultiplyAddSingle(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Fma.IsSupported ? Fma.MultiplyAddNegated(a, b, c) : Vector128.FusedMultiplyAdd(-a, b, c);

    /// <summary>y*2^n, rounded once, as <see cref="Elementary"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ScaleByPowerSingle(Vector128<float> y, Vector128<float> n)
    {
        Vector128<float> half = Vector128.Floor(Vector128.Create((float)0.5) * n);
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PowerOfTwo(Vector128<float> n) =>
        (((n + Vector128.Create(Binary32.RoundingShift)).AsInt32() << Binary32.MantissaBits) + Vector128.Create(Binary32.OneBits)).AsSingle();
}
