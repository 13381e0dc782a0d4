using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>inputs:</c>.</summary>
public sealed class InputReader(ValueReader values, StepReader steps, NamedPopulations populations)
{
    private static readonly string[] Kinds = ["value", "section", "ramp", "pulses", "file", "expr"];

    private static readonly Dictionary<string, InputOperation> Operations = new()
    {
        ["+"] = InputOperation.Add, ["-"] = InputOperation.Subtract, ["*"] = InputOperation.Multiply, ["/"] = InputOperation.Divide, ["="] = InputOperation.Set,
    };

    private readonly Mistakes mistakes = values.Mistakes;

    public ImmutableArray<InputSpec> Read(Fields fields)
    {
        ImmutableArray<InputSpec>.Builder inputs = ImmutableArray.CreateBuilder<InputSpec>();
        IReadOnlyList<Node> written = fields.List("inputs");
        if (written.Count > Limits.Inputs)
        {
            fields.Refuse("inputs", $"there are more than {Limits.Inputs} inputs");
            return [];
        }

        foreach (Node node in written)
        {
            if (ReadOne(values.Fields(node), inputs.Count) is { } input)
            {
                inputs.Add(input);
            }
        }

        return inputs.ToImmutable();
    }

    private InputSpec? ReadOne(Fields fields, int index)
    {
        string? to = fields.RequiredText("to");
        string? operationText = fields.Has("op") ? fields.Text("op") : "+";
        string[] kinds = [.. Kinds.Where(fields.Has)];
        InputOperation operation = InputOperation.Add;
        if (operationText is not null && !Operations.TryGetValue(operationText, out operation))
        {
            fields.Refuse("op", $"'{operationText}' is no operation; it is one of + - * / =");
        }

        if (kinds.Length != 1)
        {
            mistakes.Add(fields.Place, $"needs exactly one of {string.Join(", ", Kinds)}{(kinds.Length > 1 ? $", but has {string.Join(" and ", kinds)}" : "")}");
        }

        (PopulationSpec Population, string Variable, int From, int To)? target = to is null ? null : ReadTarget(to, fields.PlaceOf("to"));
        Signal? signal = target is { } t && kinds.Length == 1 ? ReadSignal(fields, kinds[0], t.Population, t.To - t.From) : null;
        if (operation == InputOperation.Divide && signal is not null && HoldsZero(signal))
        {
            mistakes.Add(fields.Place, "divides by zero; an input with op '/' must never be 0");
        }

        fields.Done();
        return signal is null ? null : new InputSpec(index, target!.Value.Population.Index, target.Value.Variable, target.Value.From, target.Value.To, operation, signal, fields.Place);
    }

    private static bool HoldsZero(Signal signal) => signal switch
    {
        ConstantSignal constant => constant.Value.Constant == 0,
        SectionSignal section => section.Values.Contains(0),
        PulseSignal pulses => pulses.Sizes.Contains(0),
        _ => false,
    };

    /// <summary><c>E.I</c> or <c>E.I[0:100]</c>.</summary>
    private (PopulationSpec Population, string Variable, int From, int To)? ReadTarget(string text, Place place)
    {
        int bracket = text.IndexOf('[');
        string path = bracket < 0 ? text : text[..bracket];
        int dot = path.IndexOf('.');
        if (dot <= 0 || (bracket >= 0 && !text.EndsWith(']')))
        {
            mistakes.Add(place, $"'{text}' must be POPULATION.INPUT, such as E.I or E.I[0:100]");
            return null;
        }

        if (populations.Find(path[..dot], place, mistakes) is not { } population)
        {
            return null;
        }

        string variable = path[(dot + 1)..];
        if (!population.Model.Inputs.Contains(variable))
        {
            mistakes.Add(place, $"{population.Model.Name} has no input '{variable}'{(population.Model.Inputs.IsEmpty ? ", and no other inputs" : "")}.{Suggestion.For(variable, population.Model.Inputs)}");
            return null;
        }

        (int From, int To, int Stride) range = (0, population.Size, 1);
        if (bracket >= 0 && !Slice.TryRead(text[(bracket + 1)..^1], population.Size, out range, out string reason))
        {
            mistakes.Add(place, reason);
            return null;
        }

        if (range.Stride != 1)
        {
            mistakes.Add(place, "an input acts on neurons side by side; write [from:to] without a stride");
            return null;
        }

        return (population, variable, range.From, range.To);
    }

    private Signal? ReadSignal(Fields fields, string kind, PopulationSpec population, int count)
    {
        string[] parameters = [Scope.Index, Scope.Size, .. population.Model.Parameters.Select(p => p.Name)];
        Node node = fields.Take(kind)!;
        switch (kind)
        {
            case "value":
                return values.ReadValue(node, count, [Scope.Index, Scope.Size]) is { } value ? new ConstantSignal(value) : null;
            case "expr":
                return values.ReadExpression(node, [Scope.Time, Scope.Dt, .. parameters]) is { } expr ? new ExpressionSignal(expr) : null;
            case "section":
                return fields.Map(kind) is { } section ? ReadSection(section) : null;
            case "ramp":
                return fields.Map(kind) is { } ramp ? ReadRamp(ramp) : null;
            case "pulses":
                return fields.Map(kind) is { } pulses ? ReadPulses(pulses) : null;
            default:
                return ReadTable(node, count);
        }
    }

    private SectionSignal? ReadSection(Fields fields)
    {
        double[]? levels = fields.Numbers("values");
        double[]? durations = fields.Numbers("durations");
        fields.Done();
        bool missing = !fields.Has("values") || !fields.Has("durations");
        if (missing || (levels is not null && durations is not null && levels.Length != durations.Length))
        {
            mistakes.Add(fields.Place, "needs the lists values and durations (ms), of one length");
        }

        if (missing || levels is null || durations is null || levels.Length != durations.Length)
        {
            return null;
        }

        long end = 0;
        ImmutableArray<long>.Builder ends = ImmutableArray.CreateBuilder<long>(durations.Length);
        foreach (long duration in Steps(fields, "durations", durations))
        {
            end += duration;
            ends.Add(end);
        }

        return new SectionSignal([.. levels], ends.ToImmutable());
    }

    private RampSignal? ReadRamp(Fields fields)
    {
        double from = fields.RequiredNumber("from");
        double to = fields.RequiredNumber("to");
        double start = fields.Number("t_start", 0);
        double end = fields.RequiredNumber("t_end");
        fields.Done();
        if (double.IsNaN(from + to + end))
        {
            return null;
        }

        if (end <= start)
        {
            mistakes.Add(fields.Place, $"t_end ({TimeGrid.Text(end)} ms) must be later than t_start ({TimeGrid.Text(start)} ms)");
            return null;
        }

        return new RampSignal(from, to, Steps(fields, "t_start", [start])[0], Steps(fields, "t_end", [end])[0]);
    }

    private PulseSignal? ReadPulses(Fields fields)
    {
        double[]? at = fields.RequiredNode("at") is null ? null : fields.Numbers("at");
        double[]? lengths = Repeated(fields, "length", at?.Length);
        double[]? sizes = Repeated(fields, "size", at?.Length);
        fields.Done();
        if (at is null || lengths is null || sizes is null)
        {
            return null;
        }

        return new PulseSignal([.. Steps(fields, "at", at)], [.. Steps(fields, "length", lengths)], [.. sizes]);
    }

    /// <summary>A list of the same length as the pulses, or one number for all; null after a mistake.</summary>
    private static double[]? Repeated(Fields fields, string key, int? count)
    {
        if (fields.RequiredNode(key) is not Sequence)
        {
            return fields.Number(key) is { } one ? [.. Enumerable.Repeat(one, count ?? 1)] : null;
        }

        double[]? numbers = fields.Numbers(key);
        if (numbers is null || count is null || numbers.Length == count)
        {
            return numbers;
        }

        fields.Refuse(key, $"has {numbers.Length} items; it must be one number, or {count}, one for each pulse");
        return null;
    }

    private TableSignal? ReadTable(Node node, int count)
    {
        if (values.ReadArray(node) is not { } array)
        {
            return null;
        }

        bool perNeuron = array.Shape.Count == 2;
        if (array.Shape.Count is 0 or > 2 || (perNeuron && array.Shape[1] != count))
        {
            mistakes.Add(node.Place, $"has the shape ({string.Join(", ", array.Shape)}); it must be [time] or [time, {count}]");
            return null;
        }

        double[] rows = array.AsDoubles();
        if (rows.Length == 0)
        {
            mistakes.Add(node.Place, "has no rows");
        }

        return rows.Length > 0 && values.AllFinite(rows, node.Place) ? new TableSignal(rows, perNeuron ? count : 1) : null;
    }

    /// <summary>Times in steps; 0 where one does not fit, which is a mistake.</summary>
    private long[] Steps(Fields fields, string key, double[] milliseconds)
    {
        bool isList = fields.Take(key) is Sequence;
        Place place = fields.PlaceOf(key);
        return [.. milliseconds.Select((time, j) => steps.Read(time, isList ? place.At(j) : place, 0, TimeGrid.MostSteps) ?? 0)];
    }
}
