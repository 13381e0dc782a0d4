using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Models;

/// <summary>Reads one model from its YAML mapping. Mistakes are collected; the result is usable only when there are none.</summary>
public sealed class ModelReader(Mistakes mistakes)
{
    private static readonly ImmutableDictionary<string, ModelKind> Kinds = ImmutableDictionary.CreateRange(
    [
        KeyValuePair.Create("neuron", ModelKind.Neuron),
        KeyValuePair.Create("synapse", ModelKind.Synapse),
        KeyValuePair.Create("channel", ModelKind.Channel),
    ]);

    public ModelSpec? Read(Node node)
    {
        Fields fields = new(node, mistakes);
        string? name = fields.RequiredText("model");
        string? kindText = fields.RequiredText("kind");
        if (name is null || kindText is null)
        {
            return null;
        }

        if (!Kinds.TryGetValue(kindText, out ModelKind kind))
        {
            mistakes.Add(node.Place.At("kind"), $"'{kindText}' is no kind of model.{Suggestion.For(kindText, Kinds.Keys)}");
            return null;
        }

        if (!ExpressionParser.IsName(name))
        {
            fields.Refuse("model", $"'{name}' is no name; use the letters a to z, digits and _, not beginning with a digit");
        }

        RefuseWhatIsNotBuilt(fields, kind);
        ModelSpec model = ReadCommon(fields, new ModelSpec { Name = name, Kind = kind, Place = node.Place });
        model = kind switch
        {
            ModelKind.Neuron => ReadNeuron(fields, model),
            ModelKind.Synapse => ReadSynapse(fields, model),
            _ => ReadChannel(fields, model),
        };
        fields.Done();
        return model;
    }

    private void RefuseWhatIsNotBuilt(Fields fields, ModelKind kind)
    {
        foreach (string key in kind switch { ModelKind.Synapse => ["noise", "on_post", "clip"], _ => Array.Empty<string>() })
        {
            if (fields.Has(key))
            {
                fields.Refuse(key, $"this version cannot do '{key}'; remove it");
            }
        }
    }

    private ModelSpec ReadCommon(Fields fields, ModelSpec model) => model with
    {
        Summary = fields.Text("summary") ?? "",
        Source = fields.Text("source") ?? "",
        Parameters = ReadParameters(fields),
        State = ReadState(fields),
        Lets = ReadDefinitions(fields, "let", declares: true),
        Equations = ReadEquations(fields),
        Method = model.Kind == ModelKind.Channel ? model.Method : fields.Text("method") ?? model.Method,
    };

    private ModelSpec ReadNeuron(Fields fields, ModelSpec model) => model with
    {
        Inputs = ReadInputs(fields),
        Noise = ReadNoise(fields),
        Tolerance = fields.Number("tol"),
        Updates = ReadDefinitions(fields, "update"),
        Spike = fields.Map("spike") is { } spike ? ReadSpike(spike) : null,
        Channels = ReadChannelUses(fields),
    };

    private static NoiseCalculus? ReadNoise(Fields fields)
    {
        string? word = fields.Text("noise");
        if (word is not (null or "ito" or "stratonovich"))
        {
            fields.Refuse("noise", $"must be ito or stratonovich, not '{word}'.{Suggestion.For(word, ["ito", "stratonovich"])}");
        }

        return word switch { "ito" => NoiseCalculus.Ito, "stratonovich" => NoiseCalculus.Stratonovich, _ => null };
    }

    private ModelSpec ReadSynapse(Fields fields, ModelSpec model) => model with
    {
        OnPre = ReadDefinitions(fields, "on_pre"),
        Current = ReadCurrent(fields),
    };

    private ModelSpec ReadChannel(Fields fields, ModelSpec model)
    {
        CurrentRule? current = ReadCurrent(fields);
        if (!fields.Has("current"))
        {
            mistakes.Add(model.Place.At("current"), "is missing; a channel says its current into the cell, such as g_max*m^3*h*(E - V)");
        }
        else if (current is { To: not null })
        {
            fields.Refuse("current", "a channel's current goes into its own cell (I_channels); remove 'to'");
        }

        return model with { Current = current };
    }

    private ImmutableArray<Parameter> ReadParameters(Fields fields)
    {
        ImmutableArray<Parameter>.Builder parameters = ImmutableArray.CreateBuilder<Parameter>();
        foreach ((string name, Place place, Node value) in fields.Entries("params"))
        {
            (Expr? initial, string unit, ParameterRange range) = ReadWithUnit(value, "default", hasRange: true);
            if (initial is not null && NameIsFit(name, place))
            {
                parameters.Add(new Parameter(name, initial, unit, place) { Range = range });
            }
        }

        return parameters.ToImmutable();
    }

    private ImmutableArray<StateVariable> ReadState(Fields fields)
    {
        ImmutableArray<StateVariable>.Builder state = ImmutableArray.CreateBuilder<StateVariable>();
        foreach ((string name, Place place, Node value) in fields.Entries("state"))
        {
            (Expr? initial, string unit, _) = ReadWithUnit(value, "init", hasRange: false);
            if (initial is not null && NameIsFit(name, place))
            {
                state.Add(new StateVariable(name, initial, unit, place));
            }
        }

        return state.ToImmutable();
    }

    /// <summary>Either an expression or <c>{default: expression, unit: mV}</c>, for parameters also with <c>range: "> 0"</c>.</summary>
    private (Expr? Value, string Unit, ParameterRange Range) ReadWithUnit(Node node, string key, bool hasRange)
    {
        if (node is not Mapping)
        {
            return (ReadExpression(node), "", ParameterRange.All);
        }

        Fields fields = new(node, mistakes);
        Node? value = fields.Take(key);
        string unit = fields.Text("unit") ?? "";
        ParameterRange? range = hasRange && fields.Take("range") is { } written ? ParameterRange.Read(written, mistakes) : null;
        fields.Done();
        if (value is null)
        {
            mistakes.Add(node.Place, $"needs its value: {{{key}: 0, unit: mV}}, or only the value");
        }

        return (value is null ? null : ReadExpression(value), unit, range ?? ParameterRange.All);
    }

    /// <summary>Either a list of names or a mapping of each to its unit.</summary>
    private ImmutableArray<string> ReadInputs(Fields fields)
    {
        if (fields.Take("inputs") is not { } node)
        {
            return [];
        }

        ImmutableArray<string>.Builder inputs = ImmutableArray.CreateBuilder<string>();
        IEnumerable<(string Name, Place Place)> names = node switch
        {
            Sequence => Words(node).Select(s => (s.Text, s.Place)),
            Mapping map => map.Entries.Where(e => Scalars.TryText(e.Value, mistakes, out _)).Select(e => (e.Key, e.KeyPlace)),
            _ => [],
        };
        foreach ((string name, Place place) in names)
        {
            if (NameIsFit(name, place))
            {
                inputs.Add(name);
            }
        }

        if (node is Scalar or Sequence { Items.Count: 0 })
        {
            mistakes.Add(node.Place, "must list input variables, such as [I]");
        }

        return inputs.ToImmutable();
    }

    private IEnumerable<Scalar> Words(Node list) => ((Sequence)list).Items.Where(item => Scalars.TryText(item, mistakes, out _)).Cast<Scalar>();

    /// <param name="declares">True where the names are new; others are checked against what the model has.</param>
    private ImmutableArray<Definition> ReadDefinitions(Fields fields, string key, bool declares = false)
    {
        ImmutableArray<Definition>.Builder definitions = ImmutableArray.CreateBuilder<Definition>();
        foreach ((string name, Place place, Node value) in fields.Entries(key))
        {
            bool fits = !declares || NameIsFit(name, place);
            if (ReadExpression(value) is { } expr && fits)
            {
                definitions.Add(new Definition(name, expr, place));
            }
        }

        return definitions.ToImmutable();
    }

    private ImmutableArray<Definition> ReadEquations(Fields fields)
    {
        ImmutableArray<Definition>.Builder equations = ImmutableArray.CreateBuilder<Definition>();
        foreach ((string left, Place place, Node value) in fields.Entries("equations"))
        {
            if (!left.StartsWith('d') || !left.EndsWith("/dt", StringComparison.Ordinal) || left.Length <= "d/dt".Length)
            {
                mistakes.Add(place, $"an equation is written dX/dt, not '{left}'; helpers go under let");
            }
            else if (ReadExpression(value) is { } expr)
            {
                equations.Add(new Definition(left[1..^"/dt".Length], expr, place));
            }
        }

        return equations.ToImmutable();
    }

    private SpikeRule ReadSpike(Fields fields)
    {
        Place place = fields.Place;
        Expr? when = fields.Take("when") is { } node ? ReadExpression(node) : null;
        string? times = fields.Text("times");
        if (fields.Has("when") == fields.Has("times"))
        {
            mistakes.Add(place, "needs either 'when: condition' or 'times: spikes'");
        }

        if (times is not (null or "spikes"))
        {
            mistakes.Add(place.At("times"), "must be 'spikes', the population's list of spikes");
        }

        ImmutableArray<Definition> then = ReadDefinitions(fields, "then");
        (Expr? refractory, ImmutableArray<string> hold) = ReadRefractory(fields.Map("refractory"));
        fields.Done();
        return new SpikeRule(when, then, refractory, hold, place);
    }

    private (Expr? For, ImmutableArray<string> Hold) ReadRefractory(Fields? fields)
    {
        if (fields is null)
        {
            return (null, []);
        }

        Expr? duration = fields.Take("for") is { } node ? ReadExpression(node) : null;
        if (!fields.Has("for"))
        {
            mistakes.Add(fields.Place, "needs 'for: time in ms'");
        }

        ImmutableArray<string> hold = fields.Take("hold") switch
        {
            null => [],
            Sequence list => [.. Words(list).Select(s => s.Text)],
            _ => RefuseHold(fields),
        };
        fields.Done();
        return (duration, hold);
    }

    private static ImmutableArray<string> RefuseHold(Fields fields)
    {
        fields.Refuse("hold", "must be a list of state variables, such as [V]");
        return [];
    }

    private CurrentRule? ReadCurrent(Fields fields)
    {
        if (fields.Take("current") is not { } node)
        {
            return null;
        }

        if (node is not Mapping)
        {
            return ReadExpression(node) is { } expr ? new CurrentRule(null, expr, node.Place) : null;
        }

        Fields parts = new(node, mistakes);
        string? to = parts.Text("to");
        Expr? value = parts.Take("value") is { } valueNode ? ReadExpression(valueNode) : null;
        parts.Done();
        if (node is Mapping && !parts.Has("value"))
        {
            mistakes.Add(node.Place, "needs 'value: expression'");
        }

        return value is null ? null : new CurrentRule(to, value, node.Place);
    }

    private ImmutableArray<ChannelUse> ReadChannelUses(Fields fields)
    {
        ImmutableArray<ChannelUse>.Builder uses = ImmutableArray.CreateBuilder<ChannelUse>();
        foreach ((string part, Place place, Node value) in fields.Entries("channels"))
        {
            if (NameIsFit(part, place) && ReadChannelUse(part, place, value) is { } use)
            {
                uses.Add(use);
            }
        }

        return uses.ToImmutable();
    }

    private ChannelUse? ReadChannelUse(string part, Place place, Node value)
    {
        if (value is Scalar scalar)
        {
            return new ChannelUse(part, scalar.Text, [], place);
        }

        Fields fields = new(value, mistakes);
        string? channel = fields.RequiredText("channel");
        ImmutableArray<Definition> parameters = ReadDefinitions(fields, "params");
        fields.Done();
        return channel is null ? null : new ChannelUse(part, channel, parameters, place);
    }

    public Expr? ReadExpression(Node node)
    {
        if (node is not Scalar scalar)
        {
            mistakes.Add(node.Place, $"must be a number or an expression, but is {Scalars.Describe(node)}");
            return null;
        }

        try
        {
            return ExpressionParser.Parse(scalar.Text);
        }
        catch (ExpressionException problem)
        {
            mistakes.Add(node.Place, problem.Message);
            return null;
        }
    }

    private bool NameIsFit(string name, Place place)
    {
        string? reason = Scope.WhyNotDeclarable(name);
        if (reason is not null)
        {
            mistakes.Add(place, reason);
        }

        return reason is null;
    }
}
