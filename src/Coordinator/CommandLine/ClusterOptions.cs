using System.CommandLine;
using System.Globalization;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Which coordinator a command speaks to: what all commands about a cluster take.</summary>
internal sealed class ClusterOptions
{
    // Environment variables: the constants that end in Variable, and no others, are all that the program reads of its own.
    public const string AddressVariable = "BRAINSIM_COORDINATOR";

    public const string TokenVariable = "BRAINSIM_TOKEN";

    private readonly Option<string?> address = new("--coordinator")
    {
        Description = $"The coordinator's address; default: {AddressVariable}, else {CoordinatorClient.Default}. A token is taken from {TokenVariable}.", HelpName = "URL",
    };

    public void AddTo(Command command) => command.Options.Add(address);

    public string Address(ParseResult parsed) => parsed.GetValue(address) ?? Variable(AddressVariable) ?? CoordinatorClient.Default;

    public CoordinatorClient Client(ParseResult parsed) => new(Address(parsed), Token);

    /// <exception cref="UserMistakeException">This is no address.</exception>
    public Uri Uri(ParseResult parsed) => CoordinatorClient.Parse(Address(parsed));

    /// <summary>Null for none.</summary>
    public static string? Token => Variable(TokenVariable);

    /// <summary>The argument that names a run.</summary>
    public static Argument<string> Run() => new("RUN") { Description = "The run's number." };

    /// <exception cref="UserMistakeException">This is no number of a run.</exception>
    public static long Number(string run) => long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0
        ? number
        : throw new UserMistakeException(new Place("RUN", 0, 0, ""), $"'{run}' is no number of a run; 'brainsim runs' lists them.");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
