using Microsoft.AspNetCore.Http;

namespace BrainSim.Coordinator.Access;

/// <summary>A request is not allowed. The message is one sentence for the client, and names no token but by its name.</summary>
public sealed class AccessException : Exception
{
    private AccessException(int status, string title, string message)
        : base(message) => (Status, Title) = (status, title);

    /// <summary>Of HTTP.</summary>
    public int Status { get; }

    public string Title { get; }

    /// <summary>It is not known who asks.</summary>
    public static AccessException Unknown(string why) => new(StatusCodes.Status401Unauthorized, "no access", $"{why}.");

    /// <summary>It is known who asks, and that is not enough.</summary>
    public static AccessException NotAllowed(string why) => new(StatusCodes.Status403Forbidden, "not allowed", $"{why}.");
}
