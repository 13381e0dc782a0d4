namespace BrainSim.Engine.Units;

/// <summary>Where something stands in a user's text. Line and column count from 1; 0 means that there is no line (a command-line value, a built-in file).</summary>
/// <param name="Path">The dotted path inside the file, such as <c>populations.E.params.tau</c>; empty at the root.</param>
public sealed record Place(string File, int Line, int Column, string Path)
{
    public Place At(string key) => this with { Path = Path.Length == 0 ? key : $"{Path}.{key}" };

    public Place At(int index) => this with { Path = $"{Path}[{index}]" };

    public override string ToString()
    {
        string position = Line > 0 ? $"{File}:{Line}:{Column}" : File;
        return Path.Length == 0 ? position : $"{position}: {Path}";
    }
}

/// <summary>One mistake of the user: where it is, what is wrong and what would be right, in one sentence.</summary>
public sealed record Mistake(Place Place, string Message)
{
    public override string ToString() => $"{Place}: {Message}";
}

/// <summary>Collects the mistakes of one input, so that all of them are reported in one go. At most <see cref="Limit"/> are kept, each a sentence of at most <see cref="LongestMessage"/> characters. Not thread-safe.</summary>
public sealed class Mistakes
{
    public const int Limit = 100;

    public const int LongestMessage = 1000;

    private readonly List<Mistake> found = [];

    public IReadOnlyList<Mistake> Found => found;

    public bool Any => found.Count > 0;

    public bool IsFull => found.Count >= Limit;

    public void Add(Place place, string message)
    {
        string sentence = Sentence(message);
        if (!IsFull && !found.Exists(m => m.Place == place && m.Message == sentence))
        {
            found.Add(new Mistake(place, sentence));
        }
    }

    public void AddAll(Mistakes others) => AddAll(others.Found);

    public void AddAll(IEnumerable<Mistake> others)
    {
        foreach (Mistake mistake in others)
        {
            Add(mistake.Place, mistake.Message);
        }
    }

    private static string Sentence(string message) => message switch
    {
        { Length: > LongestMessage } => string.Concat(message.AsSpan(0, LongestMessage), "…"),
        [.., '.' or '?' or '…'] => message,
        _ => message + ".",
    };

    /// <exception cref="UserMistakeException">When at least one mistake was added.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new UserMistakeException(found);
        }
    }
}

/// <summary>The user's input cannot be run. The process that reports it exits with code 2.</summary>
public class UserMistakeException(IReadOnlyList<Mistake> mistakes)
    : Exception(string.Join(Environment.NewLine, mistakes))
{
    public UserMistakeException(Place place, string message) : this([new Mistake(place, message)]) { }

    public IReadOnlyList<Mistake> Mistakes { get; } = mistakes;
}
