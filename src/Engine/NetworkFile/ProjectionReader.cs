using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>projections:</c>; one with several targets becomes several.</summary>
public sealed class ProjectionReader(ValueReader values, ModelCatalog models, TimeGrid grid, Schedule schedule, NamedPopulations populations)
{
    private readonly Mistakes mistakes = values.Mistakes;
    private readonly ConnectReader connect = new(values);
    private readonly HashSet<string> names = [];

    public ImmutableArray<ProjectionSpec> Read(Fields fields)
    {
        ImmutableArray<ProjectionSpec>.Builder projections = ImmutableArray.CreateBuilder<ProjectionSpec>();
        foreach (Node node in fields.List("projections"))
        {
            ReadOne(node, projections);
            if (projections.Count > Limits.Projections)
            {
                mistakes.Add(node.Place, $"there are more than {Limits.Projections} projections");
                break;
            }
        }

        return projections.ToImmutable();
    }

    private void ReadOne(Node node, ImmutableArray<ProjectionSpec>.Builder projections)
    {
        Fields fields = new(node, mistakes);
        PopulationSpec? pre = fields.RequiredText("pre") is { } preName ? populations.Find(preName, fields.PlaceOf("pre"), mistakes) : null;
        List<PopulationSpec> posts = ReadPosts(fields);
        ModelSpec? synapse = fields.RequiredText("synapse") is { } synapseName ? models.Find(synapseName, ModelKind.Synapse, fields.PlaceOf("synapse")) : null;
        string? name = fields.Text("name");
        Node? rule = fields.RequiredNode("connect");
        if (synapse is null || pre is null || rule is null)
        {
            return;
        }

        ImmutableArray<NamedValue> parameters = ReadParameters(fields, "params", $"no such parameter of {synapse.Name}", [.. synapse.Parameters.Select(p => (p.Name, p.Default, p.Place))], []);
        ImmutableArray<NamedValue> initial = ReadParameters(fields, "init", $"no such state variable of {synapse.Name}", [.. synapse.State.Select(s => (s.Name, s.Initial, s.Place))], [.. synapse.Parameters.Select(p => p.Name)]);
        Value? weight = fields.Take("weight") is { } weightNode ? values.ReadValue(weightNode, null, [Scope.Delay]) : null;
        DelayRule? delay = ReadDelay(fields);
        foreach (PopulationSpec post in posts)
        {
            if (connect.Read(rule, pre, post) is not { } read)
            {
                continue;
            }

            RefuseTwice(fields, read, weight is not null, delay is not null);
            ProjectionSpec projection = new(
                projections.Count, UniqueName(name ?? $"{pre.Name}->{post.Name}", posts.Count > 1 && name is not null ? $"->{post.Name}" : ""), pre.Index, post.Index, read, synapse,
                parameters, initial, weight ?? new FromExpression(1.0), delay ?? new DelayRule(schedule.SpikesBeforeUpdate ? 1 : 0, null), node.Place);
            PopulationCheck.Divisions(synapse, parameters, grid, node.Place, mistakes);
            Partners(projection, pre, post);
            projections.Add(projection);
        }

        fields.Done();
    }

    private List<PopulationSpec> ReadPosts(Fields fields)
    {
        List<PopulationSpec> posts = [];
        if (!fields.Has("post"))
        {
            mistakes.Add(fields.Place.At("post"), "is missing.");
        }

        foreach (Node node in fields.OneOrMore("post"))
        {
            if (Scalars.TryText(node, mistakes, out string name) && populations.Find(name, node.Place, mistakes) is { } post)
            {
                posts.Add(post);
            }
        }

        return posts;
    }

    private string UniqueName(string name, string suffix)
    {
        string full = name + suffix;
        int copy = 1;
        while (!names.Add(full))
        {
            full = $"{name}{suffix}#{++copy}";
        }

        return full;
    }

    /// <summary>Parameters of a projection are one number each.</summary>
    private ImmutableArray<NamedValue> ReadParameters(
        Fields fields, string key, string unknown, IReadOnlyList<(string Name, Expr Default, Place Place)> known, IReadOnlyCollection<string> allowed)
    {
        Fields? written = fields.Map(key);
        ImmutableArray<NamedValue>.Builder named = ImmutableArray.CreateBuilder<NamedValue>(known.Count);
        foreach ((string name, Expr initial, Place place) in known)
        {
            Node? node = written?.Take(name);
            Expr? expr = node is null ? Algebra.Simplify(initial) : values.ReadExpression(node, allowed);
            if (expr is not null && expr.IsRandom())
            {
                mistakes.Add(node?.Place ?? place, $"{name} of a synapse must be one number; only weights and delays may differ between synapses");
            }

            named.Add(new NamedValue(name, new FromExpression(expr ?? 0.0), node?.Place ?? place));
        }

        written?.Done(unknown);
        return named.ToImmutable();
    }

    private DelayRule? ReadDelay(Fields fields)
    {
        if (fields.Take("delay") is not { } node || values.ReadValue(node, null, []) is not { } value)
        {
            return null;
        }

        if (value.Constant is not { } milliseconds)
        {
            return new DelayRule(null, value);
        }

        if (!grid.TryWhole(milliseconds, out long steps))
        {
            mistakes.Add(node.Place, $"{TimeGrid.Text(milliseconds)} ms is no whole number of steps of {TimeGrid.Text(grid.Dt)} ms; the nearest are {grid.Neighbours(milliseconds)}");
            return null;
        }

        int least = schedule.SpikesBeforeUpdate ? 1 : 0;
        if (steps < least || steps > DelayRule.Longest)
        {
            mistakes.Add(node.Place, $"{TimeGrid.Text(milliseconds)} ms is {steps} steps; a delay has {least} to {DelayRule.Longest} steps{(least == 1 ? " where spikes are tested before the update" : "")}");
            return null;
        }

        return new DelayRule((int)steps, null);
    }

    private void RefuseTwice(Fields fields, ConnectRule rule, bool weight, bool delay)
    {
        if (rule is not Pairs pairs)
        {
            return;
        }

        if (weight && pairs.Weight is not null)
        {
            fields.Refuse("weight", "the pairs bring their own weights; remove one of the two");
        }

        if (delay && pairs.DelayMilliseconds is not null)
        {
            fields.Refuse("delay", "the pairs bring their own delays; remove one of the two");
        }
    }

    /// <summary>Checks every name of the partners that the synapse uses.</summary>
    private void Partners(ProjectionSpec projection, PopulationSpec pre, PopulationSpec post)
    {
        ModelSpec synapse = projection.Synapse;
        IEnumerable<Expr> exprs = [.. synapse.Lets.Concat(synapse.Equations).Concat(synapse.OnPre).Select(d => d.Value), .. synapse.Current is null ? [] : new[] { synapse.Current.Value }];
        IEnumerable<string> targets = synapse.OnPre.Select(d => d.Name).Where(n => n.StartsWith(Scope.Post, StringComparison.Ordinal));
        foreach (string name in Rewriting.NamesIn(exprs).Concat(targets))
        {
            PopulationSpec? partner = name.StartsWith(Scope.Pre, StringComparison.Ordinal) ? pre : name.StartsWith(Scope.Post, StringComparison.Ordinal) ? post : null;
            if (partner is not null)
            {
                string bare = name[(name.IndexOf('.') + 1)..];
                ModelSpec model = partner.Model;
                if (!model.HasState(bare) && !model.HasParameter(bare))
                {
                    mistakes.Add(projection.Place, $"{synapse.Name} uses {name}, and {model.Name} has no such variable.{Suggestion.For(bare, model.State.Select(s => s.Name))}");
                }
            }
        }

        if (synapse.Current is { } current)
        {
            string? to = current.To ?? post.Model.Inputs.FirstOrDefault();
            if (to is null || !post.Model.Inputs.Contains(to))
            {
                mistakes.Add(projection.Place, $"{synapse.Name} gives a current{(to is null ? "" : $" to {to}")}, and {post.Model.Name} has {(post.Model.Inputs.IsEmpty ? "no inputs" : $"the inputs {string.Join(", ", post.Model.Inputs)}")}");
            }
        }
    }
}
