namespace BrainSim.Contracts.Api;

/// <summary>What can go wrong, by its title. There are no others than those named here; docs/operations.md says of each what to do.</summary>
public sealed class ProblemKind
{
    private static readonly List<ProblemKind> Known = [];

    public static readonly ProblemKind
        Unreadable = new("the request cannot be read", 400, 408, 413, 415), NotUnderstood = new("the request cannot be understood", 400), NoAccess = new("no access", 401),
        NotAllowed = new("not allowed", 403), NotHere = new("not here", 404), NotSo = new("not so", 405, 415), FilesMissing = new("files are missing", 409),
        Gone = new("not here any more", 410), TooLarge = new("too large", 413), OtherHost = new("another host", 421), CannotRun = new("the network cannot be run", 422),
        Full = new("full", 429), Refused = new("refused"), OurFault = new("our fault", 500), Busy = new("busy", 503), CannotKeep = new("cannot be kept now", 503), NoRoom = new("no room", 507);

    private ProblemKind(string title, params int[] statuses)
    {
        (Title, Statuses) = (title, statuses);
        Known.Add(this);
    }

    public static IReadOnlyList<ProblemKind> All => Known;

    public string Title { get; }

    /// <summary>Of HTTP, that it comes with; empty for any.</summary>
    public IReadOnlyList<int> Statuses { get; }

    /// <summary>With its first status.</summary>
    public ApiProblem Of(string detail) => Of(Statuses[0], detail);

    public ApiProblem Of(int status, string detail) => new(Title, status, detail);
}
