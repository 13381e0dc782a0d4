using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads which neurons are measured: <c>E</c>, <c>E[0:100]</c>, a list of these, or <c>all</c>.</summary>
public sealed class MeasuredNeuronsReader(Mistakes mistakes, NamedPopulations named, ImmutableArray<PopulationSpec> populations)
{
    private const string All = "all";

    /// <summary>Each group with its text, for messages and names; none after a mistake in all of them.</summary>
    /// <param name="needsSpikes">True refuses populations whose model never spikes; <c>all</c> leaves them out.</param>
    public IReadOnlyList<(string Text, MeasuredNeurons Neurons)> Groups(Fields options, string key, bool needsSpikes)
    {
        if (options.RequiredNode(key) is Sequence { Items.Count: 0 })
        {
            options.Refuse(key, "names no population");
        }

        List<(string, MeasuredNeurons)> groups = [];
        foreach (Node item in options.OneOrMore(key))
        {
            if (!Scalars.TryText(item, mistakes, out string text))
            {
                continue;
            }

            if (text == All && !named.IsName(All))
            {
                groups.AddRange(populations.Where(p => !needsSpikes || p.Model.Spike is not null).Select(p => (p.Name, Whole(p))));
                if (groups.Count == 0 && !mistakes.Any)
                {
                    options.Refuse(key, "no population of this file can spike");
                }
            }
            else if (One(text, item.Place, needsSpikes) is { } neurons)
            {
                groups.Add((text, neurons));
            }
        }

        return groups;
    }

    /// <summary>Null after a mistake.</summary>
    public MeasuredNeurons? One(string text, Place place, bool needsSpikes)
    {
        int bracket = text.IndexOf('[');
        if (bracket >= 0 && !text.EndsWith(']'))
        {
            mistakes.Add(place, $"'{Scalars.Shorten(text)}' must be a population, or some of its neurons such as E[3] or E[0:100]");
            return null;
        }

        if (named.Find(bracket < 0 ? text : text[..bracket], place, mistakes) is not { } population)
        {
            return null;
        }

        if (needsSpikes && population.Model.Spike is null)
        {
            mistakes.Add(place, $"{population.Name} has no spikes to measure: {population.Model.Name} has no rule for spikes");
            return null;
        }

        if (bracket < 0)
        {
            return Whole(population);
        }

        if (!Slice.TryRead(text[(bracket + 1)..^1], population.Size, out (int From, int To, int Stride) range, out string reason))
        {
            mistakes.Add(place, reason);
            return null;
        }

        return new MeasuredNeurons(population.Index, range.From, range.To, range.Stride);
    }

    private static MeasuredNeurons Whole(PopulationSpec population) => new(population.Index, 0, population.Size, 1);
}
