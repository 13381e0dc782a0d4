namespace BrainSim.Engine.Kernels;

/// <summary>Takes the numbers that kernels find to be NaN or infinite.</summary>
public static unsafe class WitnessSink
{
    /// <summary>The numbers of a vector. Lanes past the last neuron are ignored.</summary>
    /// <param name="first">Local id of lane 0.</param>
    public static void Double(KernelArguments* arguments, int column, int first, double* values, int lanes)
    {
        for (int lane = 0; lane < lanes && first + lane < arguments->Count; lane++)
        {
            Take(arguments, column, first + lane, values[lane]);
        }
    }

    /// <inheritdoc cref="Double"/>
    public static void Single(KernelArguments* arguments, int column, int first, float* values, int lanes)
    {
        for (int lane = 0; lane < lanes && first + lane < arguments->Count; lane++)
        {
            Take(arguments, column, first + lane, values[lane]);
        }
    }

    public static void Take(KernelArguments* arguments, int column, int neuron, double value)
    {
        bool isFirst = !arguments->Unsound || (neuron, column).CompareTo((arguments->UnsoundNeuron, arguments->UnsoundColumn)) < 0;
        if (!double.IsFinite(value) && isFirst)
        {
            (arguments->Unsound, arguments->UnsoundColumn, arguments->UnsoundNeuron, arguments->UnsoundValue) = (true, column, neuron, value);
        }
    }
}
