using System.Text.Json.Serialization;

namespace BrainSim.Contracts.Api;

/// <summary>Asks for a run: the body of <c>POST /api/v1/runs</c>. The files' content has been put under its hash before.</summary>
/// <param name="Key">Chosen by who submits, for instance at random; the same key again is the same submission, and makes no second run.</param>
/// <param name="Name">For people; empty for the network's own.</param>
/// <param name="Main">The network file's name among the files.</param>
/// <param name="Files">SHA-256 (64 hexadecimal digits, small letters) of every file, by the name that the network file uses.</param>
/// <param name="Settings">Texts <c>path=value</c> that replace values of the network file, of at most <see cref="LongestText"/> characters each.</param>
/// <param name="Shards">Parts to split the network into; 0 for as many as are worth it. Of a sweep: threads of each point, and slots that it takes on one node; 0 for one. Results do not depend on it.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="Sweep">Where this is to be many runs; left out, or null, for one run of the file as it stands.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SubmitRequest(
    string Key, string Name, string Main, IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Settings, int Shards, int Priority, SweepRequest? Sweep = null)
{
    public const int MostShards = 1024;

    /// <summary>Priorities go from minus this to this.</summary>
    public const int MostPriority = 1000;

    public const int MostFiles = 1000;

    public const int MostSettings = 1000;

    /// <summary>Characters of a key, a name, a file's name.</summary>
    public const int MostCharacters = 512;

    /// <summary>Characters of a setting, or of what is varied.</summary>
    public const int LongestText = 4096;

    /// <summary>Characters of all settings, of all that is varied and of all names of files.</summary>
    public const int MostTexts = 65_536;
}

/// <summary>Asks for what the network file says under <c>sweep:</c> or <c>optimize:</c>.</summary>
/// <param name="Vary">Texts <c>path=values</c>, added to what the file varies, or in its place where the path is the same; may be empty.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SweepRequest(IReadOnlyList<string> Vary);
