using System.Text.Json.Serialization;

namespace BrainSim.Contracts.Api;

/// <summary>What went wrong, as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Detail">One sentence: what, where, the fix.</param>
/// <param name="Mistakes">Of the user, each with its place in the network file.</param>
/// <param name="Missing">SHA-256 of files that must be put first.</param>
public sealed record ApiProblem(
    string Title, int Status, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ApiMistake>? Mistakes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Missing = null)
{
    public const string MediaType = "application/problem+json";
}

/// <param name="Line">From 1; 0 where there is none. So is the column.</param>
public sealed record ApiMistake(string File, int Line, int Column, string Path, string Message);
