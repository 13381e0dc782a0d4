using System.Collections.Immutable;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads <c>inputs:</c>.</summary>
public sealed class InputReader(ValueReader values, TimeGrid grid, NamedPopulations populations)
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
            if (ReadOne(new Fields(node, mistakes), inputs.Count) is { } input)
            {
                inputs.Add(input);
            }
        }

        return inputs.ToImmutable();
    }

    private InputSpec? ReadOne(Fields fields, int index)
    {
        string? to = fields.RequiredText("to");
        string operationText = fields.Text("op", "+");
        string[] kinds = [.. Kinds.Where(fields.Has)];
        if (!Operations.TryGetValue(operationText, out InputOperation operation))
        {
            fields.Refuse("op", $"'{operationText}' is no operation; it is one of + - * / =");
        }

        if (kinds.Length != 1)
        {
            mistakes.Add(fields.Place, $"needs exactly one of {string.Join(", ", Kinds)}");
        }

        (PopulationSpec Population, string Variable, int From, int To)? target = to is null ? null : ReadTarget(to, fields.PlaceOf("to"));
        Signal? signal = target is { } t && kinds.Length == 1 ? ReadSignal(fields, kinds[0], t.Population, t.To - t.From) : null;
        fields.Done();
        return signal is null ? null : new InputSpec(index, target!.Value.Population.Index, target.Value.Variable, target.Value.From, target.Value.To, operation, signal, fields.Place);
    }

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
            mistakes.Add(place, $"{population.Model.Name} has no input '{variable}'.{Suggestion.For(variable, population.Model.Inputs)}");
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
            mistakes.Add(place, "an input acts on neurons side by side; a stride is not possible here");
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
                return ReadSection(new Fields(node, mistakes));
            case "ramp":
                return ReadRamp(new Fields(node, mistakes));
            case "pulses":
                return ReadPulses(new Fields(node, mistakes));
            default:
                return ReadTable(node, count);
        }
    }

    private SectionSignal? ReadSection(Fields fields)
    {
        double[]? levels = fields.Numbers("values");
        double[]? durations = fields.Numbers("durations");
        fields.Done();
        if (levels is null || durations is null || levels.Length != durations.Length)
        {
            mistakes.Add(fields.Place, "needs the lists values and durations (ms), of one length");
            return null;
        }

        long end = 0;
        ImmutableArray<long>.Builder ends = ImmutableArray.CreateBuilder<long>(durations.Length);
        foreach (double duration in durations)
        {
            end += Steps(duration, fields.Place.At("durations"));
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
            mistakes.Add(fields.Place, $"t_end ({end}) must be later than t_start ({start})");
            return null;
        }

        return new RampSignal(from, to, Steps(start, fields.PlaceOf("t_start")), Steps(end, fields.PlaceOf("t_end")));
    }

    private PulseSignal? ReadPulses(Fields fields)
    {
        double[]? at = fields.Numbers("at");
        double[]? lengths = Repeated(fields, "length", at?.Length);
        double[]? sizes = Repeated(fields, "size", at?.Length);
        fields.Done();
        if (at is null || lengths is null || sizes is null)
        {
            mistakes.Add(fields.Place, "needs at (a list of ms), length (ms) and size, the last two one number or as many as at");
            return null;
        }

        return new PulseSignal(
            [.. at.Select(t => Steps(t, fields.PlaceOf("at")))], [.. lengths.Select(t => Steps(t, fields.PlaceOf("length")))], [.. sizes]);
    }

    /// <summary>A list, or one number for all; null where neither fits.</summary>
    private static double[]? Repeated(Fields fields, string key, int? count)
    {
        double[]? numbers = fields.Take(key) is Sequence ? fields.Numbers(key) : fields.Number(key) is { } one ? [.. Enumerable.Repeat(one, count ?? 1)] : null;
        return numbers?.Length == count ? numbers : null;
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
        return values.AllFinite(rows, node.Place) ? new TableSignal(rows, perNeuron ? count : 1) : null;
    }

    private long Steps(double milliseconds, Place place)
    {
        if (milliseconds < 0 || !grid.TryWhole(milliseconds, out long steps) || steps > TimeGrid.MostSteps)
        {
            mistakes.Add(place, $"{TimeGrid.Text(milliseconds)} ms must be a whole number of steps of {TimeGrid.Text(grid.Dt)} ms, not negative");
            return 0;
        }

        return steps;
    }
}
