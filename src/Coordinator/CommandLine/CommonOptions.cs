using System.CommandLine;
using System.Globalization;
using BrainSim.Engine.NetworkFile;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>What every command about a network file takes.</summary>
internal sealed class NetworkOptions
{
    private readonly Argument<string> file = new("FILE") { Description = "The network file (YAML)." };

    private readonly Option<string[]> settings = new("--set")
    {
        Description = "Replaces a value of the file: --set populations.E.params.tau=10. May be given several times.", HelpName = "path=value",
    };

    private readonly Option<ulong?> seed = new("--seed") { Description = "Replaces the file's seed.", HelpName = "N" };

    private readonly Option<double?> duration = new("--duration") { Description = "Replaces the file's duration.", HelpName = "MS" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(file);
        command.Options.Add(settings);
        command.Options.Add(seed);
        command.Options.Add(duration);
    }

    public NetworkSpec Read(ParseResult parsed)
    {
        List<string> changes = [.. parsed.GetValue(settings) ?? []];
        if (parsed.GetValue(seed) is { } newSeed)
        {
            changes.Add(string.Create(CultureInfo.InvariantCulture, $"seed={newSeed}"));
        }

        if (parsed.GetValue(duration) is { } milliseconds)
        {
            changes.Add(string.Create(CultureInfo.InvariantCulture, $"duration={milliseconds:R}"));
        }

        return NetworkReader.Read(parsed.GetRequiredValue(file), changes);
    }
}
