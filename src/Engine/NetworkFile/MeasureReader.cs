using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>measures:</c>.</summary>
/// <param name="duration">Steps of the run; 0 also where it has a mistake.</param>
public sealed class MeasureReader(Mistakes mistakes, StepReader steps, long duration, MeasuredNeuronsReader neurons, MeasureRuleReader rules)
{
    private const int LongestName = 100;

    private readonly HashSet<string> names = [];
    private readonly ImmutableArray<MeasureSpec>.Builder measures = ImmutableArray.CreateBuilder<MeasureSpec>();

    public ImmutableArray<MeasureSpec> Read(Fields fields)
    {
        foreach (Node node in fields.List("measures"))
        {
            if (measures.Count >= Limits.Measures)
            {
                fields.Refuse("measures", $"there are more than {Limits.Measures} measures");
                return [];
            }

            Fields measure = new(node, mistakes);
            if (node is Mapping)
            {
                ReadOne(measure);
            }
        }

        return measures.ToImmutable();
    }

    private void ReadOne(Fields fields)
    {
        string? given = fields.Text("name");
        if (given is { Length: 0 or > LongestName })
        {
            fields.Refuse("name", $"must have 1 to {LongestName} characters");
        }

        string[] kinds = [.. MeasureRuleReader.Kinds.Where(fields.Has)];
        bool isMisspelt = kinds.Length == 0 && fields.Keys.Any(key => key != "name");
        if (kinds.Length != 1 && !isMisspelt)
        {
            mistakes.Add(fields.Place, $"needs exactly one of {string.Join(", ", MeasureRuleReader.Kinds)}{(kinds.Length > 1 ? $", but has {string.Join(" and ", kinds)}" : "")}");
        }

        if (kinds.Length == 1 && fields.Map(kinds[0]) is { } options)
        {
            ReadRule(given, kinds[0], options);
        }

        fields.Done();
    }

    private void ReadRule(string? given, string kind, Fields options)
    {
        (long from, long to) = ReadSpan(options);
        MeasureRule? rule = rules.Read(kind, options, to - from);
        IReadOnlyList<(string Text, MeasuredNeurons Neurons)> groups = neurons.Groups(options, "of", rule?.NeedsSpikes ?? true);
        options.Done();
        string with = rule is DistanceRule ? $"_{options.Text("with")}" : "";
        foreach ((string text, MeasuredNeurons of) in rule is null ? [] : groups)
        {
            string name = given is null ? $"{kind}_{text}{with}" : groups.Count > 1 ? $"{given}_{text}" : given;
            if (!names.Add(name))
            {
                mistakes.Add(options.Place, $"there are two measures called '{name}'; give one of them another name");
            }
            else if (rules.Fits(rule!, of, text, options))
            {
                measures.Add(new MeasureSpec(name, rule!, of, from, to, options.Place));
            }
        }
    }

    /// <summary>Empty where the run has no steps, or nobody knows how many.</summary>
    private (long From, long To) ReadSpan(Fields options)
    {
        long most = duration > 0 ? duration : TimeGrid.MostSteps;
        long from = options.Number("from") is { } start ? steps.Read(start, options.PlaceOf("from"), 0, most) ?? 0 : 0;
        long to = options.Number("to") is { } end ? steps.Read(end, options.PlaceOf("to"), 1, most) ?? most : most;
        if (from >= to)
        {
            mistakes.Add(options.Place, $"to ({TimeGrid.Text(steps.Grid.ToMilliseconds(to))} ms) must be later than from ({TimeGrid.Text(steps.Grid.ToMilliseconds(from))} ms)");
        }

        return duration > 0 ? (from, to) : (0, 0);
    }
}
