using System.CommandLine;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What every command about a network file takes. Values stay text, so that the file's reader judges them as it judges the file.</summary>
internal sealed class NetworkOptions
{
    private readonly Argument<string> file = new("FILE") { Description = "The network file (YAML)." };

    private readonly Option<string[]> settings = new("--set")
    {
        Description = "Replaces a value of the file: --set populations.E.params.tau=10. May be given several times.", HelpName = "path=value",
    };

    private readonly Option<string?> seed = new("--seed") { Description = "Replaces the file's seed.", HelpName = "N" };

    private readonly Option<string?> duration = new("--duration") { Description = "Replaces the file's duration, ms.", HelpName = "MS" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(file);
        command.Options.Add(settings);
        command.Options.Add(seed);
        command.Options.Add(duration);
    }

    public NetworkSpec Read(ParseResult parsed) => Load(parsed).Read();

    public NetworkDocument Load(ParseResult parsed) => NetworkDocument.Load(File(parsed), Settings(parsed));

    public string File(ParseResult parsed) => parsed.GetRequiredValue(file);

    /// <summary>Everything on the command line that changes the file, as settings.</summary>
    public string[] Settings(ParseResult parsed)
    {
        List<string> changes = [.. parsed.GetValue(settings) ?? []];
        if (parsed.GetValue(seed) is { } newSeed)
        {
            changes.Add($"seed={newSeed}");
        }

        if (parsed.GetValue(duration) is { } milliseconds)
        {
            changes.Add($"duration={milliseconds}");
        }

        return [.. changes];
    }
}
