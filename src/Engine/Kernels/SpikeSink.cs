using System.Numerics;

namespace BrainSim.Engine.Kernels;

/// <summary>Takes the spikes that kernels find.</summary>
public static unsafe class SpikeSink
{
    /// <summary>Lanes of a vector that spike: their ids are kept and their refractory time begins. Lanes past the last neuron are ignored.</summary>
    /// <param name="first">Local id of lane 0.</param>
    /// <param name="lanes">One bit per lane.</param>
    public static void Take(KernelArguments* arguments, int first, ulong lanes)
    {
        while (lanes != 0)
        {
            int id = first + BitOperations.TrailingZeroCount(lanes);
            lanes &= lanes - 1;
            if (id < arguments->Count)
            {
                Take(arguments, id);
            }
        }
    }

    public static void Take(KernelArguments* arguments, int id)
    {
        arguments->SpikeIds[arguments->SpikeCount++] = id;
        int refractory = arguments->RefractoryOfEach != null ? arguments->RefractoryOfEach[id] : arguments->RefractorySteps;
        arguments->ActiveFrom[id] = arguments->Step + arguments->RefractoryOffset + refractory;
    }
}
