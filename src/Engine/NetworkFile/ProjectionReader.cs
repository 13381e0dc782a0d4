using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>projections:</c>; one with several targets becomes several.</summary>
public sealed class ProjectionReader(ValueReader values, ModelCatalog models, StepReader steps, Schedule schedule, NamedPopulations populations)
{
    private readonly Mistakes mistakes = values.Mistakes;
    private readonly ConnectReader connect = new(values);
    private readonly HashSet<string> names = [];
    private readonly HashSet<string> given = [];

    /// <summary>False where a projection could not be read.</summary>
    public bool ReadAll { get; private set; } = true;

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
        Fields fields = values.Fields(node);
        PopulationSpec? pre = fields.RequiredText("pre") is { } preName ? populations.Find(preName, fields.PlaceOf("pre"), mistakes) : null;
        List<PopulationSpec> posts = ReadPosts(fields);
        string? name = ReadName(fields);
        Node? rule = fields.RequiredNode("connect");
        SynapsePart? part = ReadSynapse(fields);
        bool addsWhileRefractory = ReadWhileRefractory(fields, part, posts);
        if (part is not null)
        {
            fields.Done();
        }

        ReadAll &= part is not null && pre is not null && rule is not null && posts.Count > 0;
        if (part is null || pre is null || rule is null)
        {
            return;
        }

        foreach ((int target, PopulationSpec post) in posts.Index())
        {
            Place place = fields.PlaceOf("synapse");
            if (connect.Read(rule, new ConnectReader.Ends(pre, post, target, fields.OneOrMore("post").Count)) is not { } read)
            {
                ReadAll = false;
                continue;
            }

            RefuseTwice(fields, read, part);
            RefuseArrays(fields, read, part, pre, post);
            RefuseDelay(fields, read, part);
            projections.Add(new ProjectionSpec(
                projections.Count, UniqueName(name ?? $"{pre.Name}->{post.Name}", posts.Count > 1 && name is not null ? $"->{post.Name}" : ""), pre.Index, post.Index, read, part.Model,
                part.Parameters, part.Initial, part.Weight ?? new FromExpression(1.0), part.Delay ?? new DelayRule(DefaultDelay, null), node.Place)
            {
                AddsWhileRefractory = addsWhileRefractory,
            });
            new Partners(part.Model, place, mistakes).Check(pre, post);
        }
    }

    /// <summary>What does not depend on the target.</summary>
    /// <param name="Weight">Null where the file says nothing.</param>
    /// <param name="Delay">Null where the file says nothing.</param>
    private sealed record SynapsePart(ModelSpec Model, ImmutableArray<NamedValue> Parameters, ImmutableArray<NamedValue> Initial, Value? Weight, DelayRule? Delay);

    private SynapsePart? ReadSynapse(Fields fields)
    {
        ModelSpec? model = fields.RequiredText("synapse") is { } name ? models.Find(name, ModelKind.Synapse, fields.PlaceOf("synapse")) : null;
        Value? weight = fields.Take("weight") is { } weightNode ? values.ReadValue(weightNode, null, [Scope.Delay]) : null;
        DelayRule? delay = ReadDelay(fields);
        if (model is null)
        {
            return null;
        }

        ImmutableArray<NamedValue> parameters = ReadParameters(fields, "params", $"no such parameter of {model.Name}", [.. model.Parameters.Select(p => (p.Name, p.Default, p.Place))], []);
        parameters = RangeCheck.Within(model, parameters, null, mistakes);
        ImmutableArray<NamedValue> initial = ReadParameters(fields, "init", $"no such state variable of {model.Name}", [.. model.State.Select(s => (s.Name, s.Initial, s.Place))], [.. model.Parameters.Select(p => p.Name)]);
        PopulationCheck.Divisions(model, parameters, steps.Grid, fields.PlaceOf("synapse"), mistakes);
        return new SynapsePart(model, parameters, initial, weight, delay);
    }

    /// <summary>True for <c>add</c>. Where no target holds what the spikes change, the word would be read by nothing.</summary>
    private static bool ReadWhileRefractory(Fields fields, SynapsePart? part, List<PopulationSpec> posts)
    {
        string? word = fields.OneOf("while_refractory", "lose", "add");
        if (word is not null && part is not null && !posts.Any(post => part.Model.OnPre.Any(d => post.Model.Spike?.Hold.Any(held => d.Name == Scope.Post + held) ?? false)))
        {
            fields.Refuse("while_refractory", $"spikes through {part.Model.Name} change nothing that {string.Join(" or ", posts.Select(p => p.Name))} holds while refractory; remove it");
        }

        return word == "add";
    }

    private List<PopulationSpec> ReadPosts(Fields fields)
    {
        List<PopulationSpec> posts = [];
        if (fields.RequiredNode("post") is Sequence { Items.Count: 0 })
        {
            fields.Refuse("post", "must name at least one population");
        }

        foreach (Node node in fields.OneOrMore("post"))
        {
            if (Scalars.TryText(node, mistakes, out string name) && populations.Find(name, node.Place, mistakes) is { } post)
            {
                if (posts.Contains(post))
                {
                    mistakes.Add(node.Place, $"names {name} twice; write a second projection if both are meant");
                }

                posts.Add(post);
            }
        }

        return posts;
    }

    /// <summary>The name that the file gives; null where it gives none.</summary>
    private string? ReadName(Fields fields)
    {
        if (fields.Text("name") is not { } name)
        {
            return null;
        }

        if (!ExpressionParser.IsName(name))
        {
            fields.Refuse("name", $"'{name}' is no name; use letters, digits and _ (names like A->B are those of projections without one)");
            return null;
        }

        if (populations.IsName(name) || !given.Add(name))
        {
            fields.Refuse("name", $"'{name}' is the name of {(populations.IsName(name) ? "a population" : "another projection")}; choose a new one");
            return null;
        }

        return name;
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

            named.Add(new NamedValue(name, expr is null ? NamedValue.Unknown : new FromExpression(expr), node?.Place ?? place));
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

        if (value.Constant is { } milliseconds)
        {
            return steps.Read(milliseconds, node.Place, schedule.SpikesBeforeUpdate ? 1 : 0, DelayRule.Longest) is { } delay ? new DelayRule((int)delay, null) : null;
        }

        return value is not FromArray array || values.DelaysFit(array.Items, node.Place) ? new DelayRule(null, value) : null;
    }

    private static void RefuseTwice(Fields fields, ConnectRule rule, SynapsePart part)
    {
        if (part.Weight is not null && rule.BringsWeights)
        {
            fields.Refuse("weight", "the rule under connect brings its own weights; remove one of the two");
        }

        if (part.Delay is not null && rule is Pairs { DelayMilliseconds: not null })
        {
            fields.Refuse("delay", "the pairs bring their own delays; remove one of the two");
        }
    }

    /// <summary>Synapses without on_pre follow their partners' state; a delay would be read by nothing.</summary>
    private void RefuseDelay(Fields fields, ConnectRule rule, SynapsePart part)
    {
        if (!part.Model.OnPre.IsEmpty)
        {
            return;
        }

        string reason = $"{part.Model.Name} answers no spikes of its source; what it does acts in every step without delay. Remove it";
        if (part.Delay is { } delay && delay.Steps != DefaultDelay)
        {
            fields.Refuse("delay", reason);
        }

        if (rule is Pairs { DelayMilliseconds: not null })
        {
            fields.Refuse("connect", $"the pairs bring delays, and {reason}");
        }
    }

    private int DefaultDelay => schedule.SpikesBeforeUpdate ? 1 : 0;

    /// <summary>An array has one number for each synapse, so their number must be known before they are made.</summary>
    private static void RefuseArrays(Fields fields, ConnectRule rule, SynapsePart part, PopulationSpec pre, PopulationSpec post)
    {
        bool self = rule.IncludeSelf || pre.Index != post.Index;
        long? count = rule switch
        {
            AllToAll => ((long)pre.Size * post.Size) - (self ? 0 : pre.Size),
            OneToOne => pre.Size,
            Pairs pairs => pairs.Pre.Length,
            _ => null,
        };
        foreach ((string key, Value? value) in new[] { ("weight", part.Weight), ("delay", part.Delay?.Milliseconds) })
        {
            if (value is FromArray array && array.Items.Length != count)
            {
                fields.Refuse(key, count is null
                    ? "a list needs a rule whose synapses are known: all_to_all, one_to_one, pairs or matrix; write one number or an expression such as uniform(0.1, 2)"
                    : $"has {array.Items.Length} numbers, and {pre.Name}->{post.Name} has {count} synapses");
            }
        }
    }
}
