using System.Runtime.InteropServices;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Kernels;

/// <summary>What one call of a kernel works on: the neurons of one population in one shard. Memory belongs to the shard.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct KernelArguments
{
    /// <summary>One pointer per column of the program, then one per derived column; each holds Count numbers, padded to whole vectors, aligned to 64 bytes.</summary>
    public void** Columns;

    /// <summary>Hoisted numbers of the kernel in the run's precision.</summary>
    public void* Uniforms;

    /// <summary>Hoisted numbers of this step in the run's precision.</summary>
    public void* StepScalars;

    /// <summary>First step in which each neuron is active again; a neuron is refractory while Step is below.</summary>
    public int* ActiveFrom;

    /// <summary>Refractory steps of each neuron; null where all have RefractorySteps.</summary>
    public int* RefractoryOfEach;

    /// <summary>Where the local ids of the neurons that spike go, in rising order; room for Count.</summary>
    public int* SpikeIds;

    /// <summary>Keys of the kernel's random draws, in the order of its draw statements.</summary>
    public DrawSite* Sites;

    /// <summary>Step that keys the draws: counted in substeps, so that n substeps of dt draw what n steps of dt/n do.</summary>
    public long DrawStep;

    /// <summary>Global id of the first neuron.</summary>
    public long FirstId;

    public int Count;

    /// <summary>Step of the run.</summary>
    public int Step;

    /// <summary>Set by the kernel: how many spiked.</summary>
    public int SpikeCount;

    /// <summary>Set by the kernel: a state variable was NaN or infinite, and what follows names the first, by neuron, then column.</summary>
    public bool Unsound;

    /// <summary>Index among the program's columns.</summary>
    public int UnsoundColumn;

    /// <summary>Local id.</summary>
    public int UnsoundNeuron;

    public double UnsoundValue;

    public int RefractorySteps;

    /// <summary>A neuron that spikes in step k is active again from step k + RefractoryOffset + its refractory steps on.</summary>
    public int RefractoryOffset;
}

/// <summary>One random function of a kernel.</summary>
public struct DrawSite
{
    public KeyedRandom Key;

    /// <summary>Of <see cref="Key"/>.</summary>
    public PhiloxKeys RoundKeys;

    public Op Op;

    /// <summary>How many numbers per neuron the kernel hands over for a draw.</summary>
    public int Arguments;

    /// <summary>A memo of the mean that Poisson drew with last: what is drawn does not depend on it.</summary>
    public PoissonTable Table;

    /// <summary>A memo of the words that neighbours share.</summary>
    public SharedWords Words;
}
