using BrainSim.Engine.Connectivity;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Models;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Engine.Shards;

/// <summary>How much a spike adds to one column through each synapse: an expression in weight, delay, the synapse's parameters and the target's.</summary>
internal sealed class JumpSizes
{
    private readonly Jump jump;
    private readonly PopulationShard target;
    private readonly SourceLists lists;
    private readonly SynapseValues values;
    private readonly NetworkSpec network;
    private readonly ProjectionSpec projection;
    private readonly string[] names;
    private readonly Evaluator evaluator;
    private readonly Frame frame;

    /// <param name="lists">The synapses, with their <paramref name="values"/>; both may be filled anew.</param>
    public JumpSizes(NetworkSpec network, Jump jump, PopulationShard target, SourceLists lists, SynapseValues values, ProjectionSpec projection)
    {
        (this.network, this.jump, this.target, this.lists, this.values, this.projection) = (network, jump, target, lists, values, projection);
        names = [.. Rewriting.NamesIn(jump.Size)];
        evaluator = new Evaluation(Arithmetic.Portable, name => Array.IndexOf(names, name)).Compile(jump.Size);
        frame = new Frame(names.Length);
    }

    /// <summary>The size that all synapses have; null where they differ.</summary>
    public static double? SameOf(NetworkSpec network, ProjectionSpec projection, Jump jump, PopulationProgram target) =>
        Rewriting.NamesIn(jump.Size).All(name => OfAll(network, projection, target, name) is not null)
            ? Evaluation.Of(jump.Size, name => OfAll(network, projection, target, name)!.Value) : null;

    /// <summary>One size for each synapse, in the order of the lists. Not to be changed.</summary>
    public double[] OfEach()
    {
        if (jump.Size is Name { Id: Scope.Weight } && values.Weights is { } weights)
        {
            return weights;
        }

        double[] sizes = new double[lists.Count];
        if (SameOf(network, projection, jump, target.Program) is { } same)
        {
            Array.Fill(sizes, same);
            return sizes;
        }

        for (int j = 0; j < lists.Targets.Count; j++)
        {
            int local = lists.Targets.From + j - target.Slice.From;
            for (int s = (int)lists.Starts[j]; s < lists.Starts[j + 1]; s++)
            {
                for (int slot = 0; slot < names.Length; slot++)
                {
                    frame.Slots[slot] = OfAll(network, projection, target.Program, names[slot]) ?? OfOne(names[slot], s, local);
                }

                sizes[s] = evaluator(frame);
            }
        }

        return sizes;
    }

    /// <summary>Null where synapses differ.</summary>
    private static double? OfAll(NetworkSpec network, ProjectionSpec projection, PopulationProgram target, string name) => name switch
    {
        Scope.Weight => projection.Connect.BringsWeights ? null : projection.Weight.Constant,
        Scope.Delay => projection.Connect is Pairs { DelayMilliseconds: not null } || projection.Delay.Steps is not { } steps ? null : network.Grid.ToMilliseconds(steps),
        Scope.Dt => network.Grid.Dt,
        _ => target.Uniforms.TryGetValue(name, out double uniform) ? uniform : null,
    };

    private double OfOne(string name, int synapse, int local) => name switch
    {
        Scope.Weight => values.Weights![synapse],
        Scope.Delay => values.Delays![synapse],
        _ => target.Read(target.Program.ColumnOf(name), local),
    };
}
