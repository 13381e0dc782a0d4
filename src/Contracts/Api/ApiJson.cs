using System.Text.Json.Serialization;

namespace BrainSim.Contracts.Api;

/// <summary>How the API writes and reads JSON: names in snake_case, as in <c>run.json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SubmitRequest))]
[JsonSerializable(typeof(SubmitAnswer))]
[JsonSerializable(typeof(RunView))]
[JsonSerializable(typeof(RunView[]))]
[JsonSerializable(typeof(NodeView[]))]
[JsonSerializable(typeof(LogLine[]))]
[JsonSerializable(typeof(ResultFile[]))]
[JsonSerializable(typeof(BlobNames))]
[JsonSerializable(typeof(ApiProblem))]
public sealed partial class ApiJson : JsonSerializerContext;
