using BrainSim.Contracts.Api;

namespace BrainSim.Coordinator.Access;

/// <summary>A request is not allowed. The message is one sentence for the client, and names no token but by its name.</summary>
public sealed class AccessException : Exception
{
    private AccessException(ProblemKind kind, string why)
        : base($"{why}.") => Kind = kind;

    public ProblemKind Kind { get; }

    /// <summary>It is not known who asks.</summary>
    public static AccessException Unknown(string why) => new(ProblemKind.NoAccess, why);

    /// <summary>It is known who asks, and that is not enough.</summary>
    public static AccessException NotAllowed(string why) => new(ProblemKind.NotAllowed, why);

    /// <summary>The coordinator was called by a name that need not be its own.</summary>
    public static AccessException OtherHost(string why) => new(ProblemKind.OtherHost, why);
}
