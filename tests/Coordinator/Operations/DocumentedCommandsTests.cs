using System.CommandLine;
using System.Net;
using System.Text.RegularExpressions;
using BrainSim.Coordinator.CommandLine;
using BrainSim.Node.Tls;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Coordinator.Access;
using BrainSim.Tests.Deploy;
using BrainSim.Tests.Node.Tls;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

/// <summary>The command lines in the pages for operators are taken by the program, and none is one that it would refuse for what strangers could do.</summary>
public sealed partial class DocumentedCommandsTests : IDisposable
{
    private readonly TestTokens tokens = new();
    private readonly TestAuthority authority = new();

    public static TheoryData<string> Lines => new(
        from page in (string[])["docs/operations.md", "docs/security.md"]
        from Match block in Block().Matches(Repository.Read(page))
        from line in block.Value.Split('\n')
        where Program().IsMatch(line)
        select line);

    public void Dispose()
    {
        tokens.Dispose();
        authority.Dispose();
    }

    [Fact]
    public void ThereAreLinesForEveryProcess() =>
        Assert.Superset(new HashSet<string> { "doctor", "token", "coordinator", "node", "submit" }, Lines.Select(row => Words(row.Data)[0]).ToHashSet());

    [Theory]
    [MemberData(nameof(Lines))]
    public void ItIsTakenAndLetsNoStrangerIn(string line)
    {
        string[] variables = [.. Variable().Matches(line[..line.IndexOf("brainsim ", StringComparison.Ordinal)]).Select(found => found.Groups[1].Value)];
        Assert.All(variables, variable => Assert.True(new ProgramFacts().Reads(variable), variable));
        string[] words = Words(line);
        ParseResult parsed = Cli.Define().Parse(words);
        Assert.Empty(parsed.Errors);
        if (words[0] == "coordinator")
        {
            CoordinatorSecurityOptions options = new();
            options.Choose(Only(options.AddTo, words)).Check(new Uri(parsed.GetRequiredValue<string>("--listen")));
        }
        else if (words[0] == "node")
        {
            NodeSecurityOptions options = new();
            IPEndPoint listen = IPEndPoint.Parse(parsed.GetRequiredValue<string>("--listen"));
            options.Choose(Only(options.AddTo, words), listen, parsed.GetValue<string>("--ca") is null ? null : authority.Trusted);
            Assert.False(listen.Address.Equals(IPAddress.Any) && parsed.GetValue<string>("--advertise") is null, "nobody could reach it");
            Assert.True(Loopback.Is(new Uri(parsed.GetRequiredValue<string>("--coordinator")).Host) || variables.Contains(ClusterOptions.TokenFileVariable), "a coordinator beyond loopback asks for a token");
        }
    }

    /// <summary>Of all options, these.</summary>
    private static ParseResult Only(Action<Command> add, string[] words)
    {
        Command command = new("some") { TreatUnmatchedTokensAsErrors = false };
        add(command);
        return command.Parse(words[1..]);
    }

    /// <summary>Behind the program's name, with an address for each placeholder, and files that are there.</summary>
    private string[] Words(string line)
    {
        string[] words = [.. line[(line.IndexOf("brainsim ", StringComparison.Ordinal) + "brainsim ".Length)..].Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        (string certificate, string key) = authority.Issue("own", ["coordinator.brainsim"]);
        for (int w = 1; w < words.Length; w++)
        {
            words[w] = words[w - 1] switch
            {
                "--tokens" => tokens.Path, "--certificate" => certificate, "--key" => key, "--ca" or "--node-ca" => authority.Path,
                _ => words[w].Replace("HOST", "coordinator.brainsim", StringComparison.Ordinal).Replace("ADDRESS", "10.0.0.7", StringComparison.Ordinal),
            };
        }

        return words;
    }

    [GeneratedRegex(@"^```\n.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(?:[A-Z_]+=\S+ +)*brainsim ")]
    private static partial Regex Program();

    [GeneratedRegex(@"([A-Z_]+)=\S+")]
    private static partial Regex Variable();
}
