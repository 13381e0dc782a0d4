using System.Text.Json;
using System.Text.Json.Serialization;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What was asked for, kept beside the checkpoints so that <c>resume</c> can go on: <c>request.json</c>.</summary>
/// <param name="File">The network file; in <c>request.json</c> with its full path.</param>
/// <param name="Settings">Changes to the file's values.</param>
/// <param name="CheckpointEvery">As given on the command line; null for no checkpoints.</param>
internal sealed record RunRequest(string File, string[] Settings, string Backend, string? CheckpointEvery)
{
    public const string Name = "request.json";

    public const string CheckpointName = "checkpoint";

    [JsonIgnore]
    public BackEnd BackEnd => Backend switch
    {
        "cpu" => BackEnd.Cpu,
        "reference" => BackEnd.Reference,
        _ => throw new UserMistakeException(new Place("--backend", 0, 0, ""), $"'{Backend}' is no back end; use cpu or reference."),
    };

    public void Write(string folder) => Results.WriteWhole(Path.Combine(folder, Name), JsonSerializer.Serialize(this with { File = Path.GetFullPath(File) }, RequestJson.Default.RunRequest) + "\n");

    /// <exception cref="UserMistakeException">The folder holds no run that was begun with checkpoints.</exception>
    public static RunRequest Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            return JsonSerializer.Deserialize(System.IO.File.ReadAllText(path), RequestJson.Default.RunRequest) ?? throw new JsonException("it is empty");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UserMistakeException(new Place(folder, 0, 0, ""), $"holds no run to resume ({Name}: {problem.Message}); begin one with run --out {folder} --checkpoint-every 1000.");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RunRequest))]
internal sealed partial class RequestJson : JsonSerializerContext;
