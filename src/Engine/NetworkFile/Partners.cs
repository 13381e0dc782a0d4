using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Checks what a synapse model uses of the populations that it joins: <c>pre.X</c>, <c>post.X</c> and the input that takes its current.</summary>
internal sealed class Partners(ModelSpec synapse, Place place, Mistakes mistakes)
{
    public void Check(PopulationSpec pre, PopulationSpec post)
    {
        IEnumerable<Expr> exprs = [.. synapse.Lets.Concat(synapse.Equations).Concat(synapse.Updates).Concat(synapse.OnPre).Concat(synapse.OnPost).Select(d => d.Value), .. synapse.Current is null ? [] : new[] { synapse.Current.Value }];
        foreach (string name in Rewriting.NamesIn(exprs))
        {
            PopulationSpec? partner = name.StartsWith(Scope.Pre, StringComparison.Ordinal) ? pre : name.StartsWith(Scope.Post, StringComparison.Ordinal) ? post : null;
            if (partner is not null && !partner.Model.HasState(Bare(name)) && !partner.Model.HasParameter(Bare(name)))
            {
                mistakes.Add(place, $"{synapse.Name} uses {name}, and {partner.Model.Name} has no such variable.{Suggestion.For(Bare(name), partner.Model.State.Select(s => s.Name))}");
            }
        }

        foreach (string name in synapse.OnPre.Select(d => d.Name).Where(n => n.StartsWith(Scope.Post, StringComparison.Ordinal)))
        {
            if (!post.Model.HasState(Bare(name)))
            {
                mistakes.Add(place, $"{synapse.Name} changes {name}, and {post.Model.Name} has no such state variable.{Suggestion.For(Bare(name), post.Model.State.Select(s => s.Name))}");
            }
        }

        Current(post.Model);
    }

    private void Current(ModelSpec target)
    {
        if (synapse.Current is not { } current)
        {
            return;
        }

        string? to = current.To ?? target.Inputs.FirstOrDefault();
        if (to is null || !target.Inputs.Contains(to))
        {
            mistakes.Add(place, $"{synapse.Name} gives a current{(to is null ? "" : $" to {to}")}, and {target.Name} has {(target.Inputs.IsEmpty ? "no inputs" : $"the inputs {string.Join(", ", target.Inputs)}")}");
        }
    }

    private static string Bare(string name) => name[(name.IndexOf('.') + 1)..];
}
