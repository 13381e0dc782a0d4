using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Models;

/// <summary>Writes the channels that a neuron lists into the neuron, each name prefixed with its part: <c>Na.m</c>.</summary>
public static class ChannelExpansion
{
    /// <param name="find">Finds a model by name; null where there is none.</param>
    public static ModelSpec Expand(ModelSpec neuron, Func<string, ModelSpec?> find, Mistakes mistakes)
    {
        if (neuron.Channels.IsEmpty)
        {
            return neuron;
        }

        ModelSpec expanded = neuron with { Channels = [], Lets = [] };
        Expr total = 0.0;
        foreach (ChannelUse use in neuron.Channels)
        {
            ModelSpec? channel = find(use.Channel);
            if (channel is not { Kind: ModelKind.Channel, Current: not null })
            {
                mistakes.Add(use.Place, channel is null ? $"there is no channel '{use.Channel}'.{Suggestion.For(use.Channel, Channels())}" : $"{use.Channel} is a {channel.Kind.ToString().ToLowerInvariant()} model, not a channel");
                continue;
            }

            expanded = Append(expanded, use, channel, mistakes);
            total += new Name($"{use.Part}.current");
        }

        Definition sum = new(Scope.ChannelCurrents, total, neuron.Place);
        return expanded with { Lets = [.. expanded.Lets, sum, .. neuron.Lets] };
    }

    private static IEnumerable<string> Channels() => ModelLibrary.Names.Where(name => ModelLibrary.Find(name)!.Kind == ModelKind.Channel);

    private static ModelSpec Append(ModelSpec neuron, ChannelUse use, ModelSpec channel, Mistakes mistakes)
    {
        string[] own = [.. channel.Parameters.Select(p => p.Name), .. channel.State.Select(s => s.Name), .. channel.Lets.Select(l => l.Name)];
        Dictionary<string, Expr> prefixed = own.Distinct().ToDictionary(name => name, name => (Expr)new Name($"{use.Part}.{name}"));
        Definition Prefixed(Definition d) => new($"{use.Part}.{d.Name}", Rewriting.Substitute(d.Value, prefixed), d.Place);
        Definition current = new($"{use.Part}.current", Rewriting.Substitute(channel.Current!.Value, prefixed), channel.Current.Place);
        ReportUnknown(use, channel, mistakes);
        return neuron with
        {
            Parameters = [.. neuron.Parameters, .. channel.Parameters.Select(p => Parameter(p, use))],
            State = [.. neuron.State, .. channel.State.Select(s => s with { Name = $"{use.Part}.{s.Name}", Initial = Rewriting.Substitute(s.Initial, prefixed) })],
            Lets = [.. neuron.Lets, .. channel.Lets.Select(Prefixed), current],
            Equations = [.. neuron.Equations, .. channel.Equations.Select(Prefixed)],
        };
    }

    private static Parameter Parameter(Parameter parameter, ChannelUse use)
    {
        Definition? changed = use.Parameters.FirstOrDefault(d => d.Name == parameter.Name);
        return parameter with { Name = $"{use.Part}.{parameter.Name}", Default = changed?.Value ?? parameter.Default, Place = changed?.Place ?? parameter.Place };
    }

    private static void ReportUnknown(ChannelUse use, ModelSpec channel, Mistakes mistakes)
    {
        foreach (Definition changed in use.Parameters.Where(d => !channel.HasParameter(d.Name)))
        {
            mistakes.Add(changed.Place, $"no such parameter of {channel.Name}.{Suggestion.For(changed.Name, channel.Parameters.Select(p => p.Name))}");
        }
    }
}
