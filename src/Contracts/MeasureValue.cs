using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BrainSim.Contracts;

/// <summary>What a measure came to: one number, an array, or neither where it is undefined for what was recorded. In JSON a number, an array in one line, or null.</summary>
[JsonConverter(typeof(MeasureValueJson))]
public readonly record struct MeasureValue(double? Number, double[]? Numbers);

/// <summary>Numbers are written so that they are read back as the same bits.</summary>
public sealed class MeasureValueJson : JsonConverter<MeasureValue>
{
    public override MeasureValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return new MeasureValue(reader.TokenType == JsonTokenType.Null ? null : reader.GetDouble(), null);
        }

        List<double> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            numbers.Add(reader.GetDouble());
        }

        return new MeasureValue(null, [.. numbers]);
    }

    public override void Write(Utf8JsonWriter writer, MeasureValue value, JsonSerializerOptions options)
    {
        if (value.Numbers is { } numbers)
        {
            writer.WriteRawValue($"[{string.Join(", ", numbers.Select(x => x.ToString(CultureInfo.InvariantCulture)))}]");
        }
        else if (value.Number is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
