using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Connectivity.Rules;

/// <summary>Draws sources, each with the same probability but one that may be excluded.</summary>
/// <param name="preSize">Neurons of the source population; at least one must be left.</param>
public readonly struct UniformSource(int preSize, int excluded)
{
    /// <summary>Sources that can be drawn.</summary>
    public int Choices => excluded == SourceRule.None ? preSize : preSize - 1;

    /// <summary>The source of a number below <see cref="Choices"/>: those behind the excluded one move up.</summary>
    public int Numbered(int number) => excluded != SourceRule.None && number >= excluded ? number + 1 : number;

    /// <summary>Appends sources drawn with replacement. The k-th is a function of the key, the target and k: floor(u·choices) with the first number of the stream (k, target).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Draw(in PhiloxKeys keys, int target, long count, NativeArray<int> sources)
    {
        int* drawn = sources.Extend(count);
        int* buffer = stackalloc int[PhiloxLanes.Count];
        fixed (PhiloxKeys* schedule = &keys)
        {
            for (long k = 0; k < count; k += PhiloxLanes.Count)
            {
                (Vector512<ulong> bits, _) = PhiloxLanes.Draws(schedule, (uint)k, target);
                Vector512<double> places = Vector512.ConvertToDouble(bits >> 11) * (KeyedStream.Unit * Choices);
                Vector512.Narrow(Vector512.ConvertToInt64(places), Vector512<long>.Zero).GetLower().Store(buffer);
                for (int lane = 0; lane < Math.Min(PhiloxLanes.Count, count - k); lane++)
                {
                    drawn[k + lane] = Numbered(buffer[lane]);
                }
            }
        }
    }
}
