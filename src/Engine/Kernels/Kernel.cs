using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;

namespace BrainSim.Engine.Kernels;

/// <summary>One pass of a program as something that runs.</summary>
public abstract class Kernel
{
    /// <summary>Expressions over uniform names whose values the kernel reads from KernelArguments.Uniforms.</summary>
    public ImmutableArray<Expr> Uniforms { get; protected init; } = [];

    /// <summary>Expressions over uniform names, step signals and t, computed anew each step into KernelArguments.StepScalars.</summary>
    public ImmutableArray<Expr> StepScalars { get; protected init; } = [];

    /// <summary>Per-neuron values that never change, computed once into columns after the program's.</summary>
    public ImmutableArray<Expr> DerivedColumns { get; protected init; } = [];

    /// <summary>Statements that draw, in the order of their sites.</summary>
    public ImmutableArray<Assign> Draws { get; protected init; } = [];

    /// <summary>Vector operations for one vector of neurons, a measure of the work; 0 where it is not known.</summary>
    public int Operations { get; protected init; }

    /// <summary>Bytes of columns, and of refractory limits, that are read and written for one neuron.</summary>
    public int BytesPerNeuron { get; protected init; }

    /// <summary>The code as text, for explain; made when asked for.</summary>
    public string Listing => ListingText();

    protected Func<string> ListingText { get; init; } = () => "";

    /// <summary>The kernels of a program's passes in order; each knows the derived columns that those before it asked for.</summary>
    public static ImmutableArray<Kernel> AllOf(PopulationProgram program, KernelCompiler compile)
    {
        ImmutableArray<Kernel>.Builder kernels = ImmutableArray.CreateBuilder<Kernel>(program.Passes.Length);
        ImmutableArray<(Expr Expr, double Dt)> derived = [];
        foreach (Pass pass in program.Passes)
        {
            Kernel kernel = compile(program, pass, [.. derived.Select((d, i) => d.Dt == pass.Dt || !d.Expr.Mentions(Scope.Dt) ? d.Expr : new Name($"{i} with another dt"))]);
            derived = [.. derived, .. kernel.DerivedColumns.Select(d => (d, pass.Dt))];
            kernels.Add(kernel);
        }

        return kernels.MoveToImmutable();
    }

    /// <summary>Advances all neurons of the arguments once. Allocates nothing.</summary>
    public abstract unsafe void Run(KernelArguments* arguments);
}

/// <summary>Makes kernels from passes.</summary>
/// <param name="derivedBefore">Derived columns that earlier passes of the population asked for.</param>
public delegate Kernel KernelCompiler(PopulationProgram program, Pass pass, ImmutableArray<Expr> derivedBefore);
