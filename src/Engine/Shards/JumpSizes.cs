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
    private readonly double dt;
    private readonly string[] names;
    private readonly Evaluator evaluator;
    private readonly Frame frame;

    /// <param name="lists">The synapses, with their <paramref name="values"/>; both may be filled anew.</param>
    public JumpSizes(NetworkSpec network, Jump jump, PopulationShard target, SourceLists lists, SynapseValues values)
    {
        (this.jump, this.target, this.lists, this.values, dt) = (jump, target, lists, values, network.Grid.Dt);
        names = [.. Rewriting.NamesIn(jump.Size)];
        evaluator = new Evaluation(Arithmetic.Portable, name => Array.IndexOf(names, name)).Compile(jump.Size);
        frame = new Frame(names.Length);
    }

    public bool AreSame => Array.TrueForAll(names, name => name switch
    {
        Scope.Weight => values.Weights is null,
        Scope.Delay => values.Delays is null,
        _ => name == Scope.Dt || target.Program.Uniforms.ContainsKey(name),
    });

    /// <summary>The size that all synapses have.</summary>
    public double Same() => Evaluation.Of(jump.Size, name => OfAll(name)!.Value);

    /// <summary>One size for each synapse, in the order of the lists. Not to be changed.</summary>
    public double[] OfEach()
    {
        if (jump.Size is Name { Id: Scope.Weight } && values.Weights is { } weights)
        {
            return weights;
        }

        double[] sizes = new double[lists.Count];
        if (AreSame)
        {
            Array.Fill(sizes, Same());
            return sizes;
        }

        for (int j = 0; j < lists.Targets.Count; j++)
        {
            int local = lists.Targets.From + j - target.Slice.From;
            for (int s = (int)lists.Starts[j]; s < lists.Starts[j + 1]; s++)
            {
                for (int slot = 0; slot < names.Length; slot++)
                {
                    frame.Slots[slot] = OfAll(names[slot]) ?? OfOne(names[slot], s, local);
                }

                sizes[s] = evaluator(frame);
            }
        }

        return sizes;
    }

    /// <summary>Null where synapses differ.</summary>
    private double? OfAll(string name) => name switch
    {
        Scope.Weight => values.Weights is null ? values.SameWeight : null,
        Scope.Delay => values.Delays is null ? values.SameDelayMilliseconds : null,
        Scope.Dt => dt,
        _ => target.Program.Uniforms.TryGetValue(name, out double uniform) ? uniform : null,
    };

    private double OfOne(string name, int synapse, int local) => name switch
    {
        Scope.Weight => values.Weights![synapse],
        Scope.Delay => values.Delays![synapse],
        _ => target.Read(target.Program.ColumnOf(name), local),
    };
}
