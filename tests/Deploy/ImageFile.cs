using System.Text.RegularExpressions;

namespace BrainSim.Tests.Deploy;

/// <summary>The instructions of a Dockerfile, in order.</summary>
internal sealed partial record ImageFile(IReadOnlyList<(string Name, string Text)> Instructions)
{
    public static ImageFile Parse(string text) => new(
        [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => (line[..line.IndexOf(' ')], line[(line.IndexOf(' ') + 1)..].Trim()))]);

    /// <summary>Of the last stage, which is the image; of the first, which builds.</summary>
    public IEnumerable<(string Name, string Text)> Last => Instructions.Skip(Instructions.Select(i => i.Name).ToList().LastIndexOf("FROM"));

    public IEnumerable<(string Name, string Text)> First => Instructions.SkipWhile(i => i.Name != "FROM").Skip(1).TakeWhile(i => i.Name != "FROM");

    public string[] Publish => Words(Build[Build.IndexOf(Publishes, StringComparison.Ordinal)..]);

    /// <summary>The commands before that, for a shell: they choose RID.</summary>
    public string Choice => Build[..Build.IndexOf(Publishes, StringComparison.Ordinal)].TrimEnd('&', ' ');

    /// <summary>From the repository.</summary>
    public IEnumerable<string> Sources => First.Where(i => i.Name == "COPY").SelectMany(i => Words(i.Text)[..^1]);

    public (string User, string Group) User => Last.Single(i => i.Name == "USER").Text.Split(':') is [var user, var group] ? (user, group) : ("", "");

    public IEnumerable<long> Ports => Last.Where(i => i.Name == "EXPOSE").SelectMany(i => Words(i.Text)).Select(long.Parse);

    /// <summary>The words of its JSON list.</summary>
    public string[] EntryPoint => [.. Quoted().Matches(Last.Single(i => i.Name == "ENTRYPOINT").Text).Select(m => m.Groups[1].Value)];

    /// <summary>The folder that the build leaves, in the image.</summary>
    public string Folder => Words(Last.Single(i => i.Name == "COPY").Text)[^1];

    public IEnumerable<(string Name, string Value)> Environment =>
        Last.Where(i => i.Name == "ENV").SelectMany(i => Words(i.Text)).Select(word => (word[..word.IndexOf('=')], word[(word.IndexOf('=') + 1)..]));

    public static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private const string Publishes = "dotnet publish";

    private string Build => First.Single(i => i.Name == "RUN").Text;

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
