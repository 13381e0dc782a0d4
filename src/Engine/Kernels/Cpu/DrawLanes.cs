using BrainSim.Engine.Expressions;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>Random draws for the lanes of one vector, each keyed by its neuron's global id. Lanes past the last neuron, whose arguments mean nothing, draw nothing.</summary>
public static unsafe class DrawLanes
{
    /// <summary>Most arguments of a function that is drawn every step.</summary>
    public const int Arguments = 4;

    /// <param name="scratch">Arguments one vector after the other; the draws replace the first vector.</param>
    public static void Double(KernelArguments* arguments, int site, int first, int lanes, double* scratch)
    {
        Span<double> values = stackalloc double[Arguments];
        DrawSite* draw = arguments->Sites + site;
        for (int lane = 0; lane < Math.Min(lanes, arguments->Count - first); lane++)
        {
            for (int a = 0; a < draw->Arguments; a++)
            {
                values[a] = scratch[(a * lanes) + lane];
            }

            scratch[lane] = Draw(arguments, draw, first + lane, values[..draw->Arguments]);
        }
    }

    public static void Single(KernelArguments* arguments, int site, int first, int lanes, float* scratch)
    {
        Span<double> values = stackalloc double[Arguments];
        DrawSite* draw = arguments->Sites + site;
        for (int lane = 0; lane < Math.Min(lanes, arguments->Count - first); lane++)
        {
            for (int a = 0; a < draw->Arguments; a++)
            {
                values[a] = scratch[(a * lanes) + lane];
            }

            scratch[lane] = (float)Draw(arguments, draw, first + lane, values[..draw->Arguments]);
        }
    }

    private static double Draw(KernelArguments* arguments, DrawSite* draw, int local, ReadOnlySpan<double> values) =>
        RandomOps.Draw(draw->Op, draw->Key.Stream((uint)(arguments->FirstId + local), arguments->Step), values);
}
