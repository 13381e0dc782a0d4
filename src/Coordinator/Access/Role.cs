namespace BrainSim.Coordinator.Access;

/// <summary>What a token is good for.</summary>
public enum Role
{
    /// <summary>To see runs, their stories and results, and nodes.</summary>
    Read,

    /// <summary>To do what <see cref="Read"/> does, put files, submit and cancel.</summary>
    Submit,

    /// <summary>To be a node, and nothing else.</summary>
    Node,
}

internal static class Roles
{
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetNames<Role>().Select(name => name.ToLowerInvariant())];

    public static string Word(this Role role) => Words[(int)role];

    public static bool Includes(this Role role, Role needed) => role == needed || (role, needed) == (Role.Submit, Role.Read);

    /// <returns>Null where the word names none.</returns>
    public static Role? Of(string word) => Words.ToList().IndexOf(word) is >= 0 and var place ? (Role)place : null;
}
