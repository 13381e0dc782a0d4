using System.CommandLine;
using System.Globalization;
using System.Text;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>Which coordinator a command speaks to: what all commands about a cluster take.</summary>
internal sealed class ClusterOptions
{
    // Environment variables: the constants that end in Variable, and no others, are all that the program reads of its own.
    public const string AddressVariable = "BRAINSIM_COORDINATOR";

    public const string TokenVariable = "BRAINSIM_TOKEN";

    /// <summary>Names a file whose first line is the token.</summary>
    public const string TokenFileVariable = "BRAINSIM_TOKEN_FILE";

    public const string AuthoritiesVariable = "BRAINSIM_CA";

    private readonly Option<string?> address = new("--coordinator")
    {
        Description = $"The coordinator's address; default: {AddressVariable}, else {CoordinatorClient.Default}. A token is taken from {TokenVariable}, or from the file that {TokenFileVariable} names.", HelpName = "URL",
    };

    private readonly Option<string?> authorities = new("--ca")
    {
        Description = $"Who certifies the coordinator, for a node also other nodes; default: {AuthoritiesVariable}, else those that the system trusts.", HelpName = "PEM",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(address);
        command.Options.Add(authorities);
    }

    public string Address(ParseResult parsed) => parsed.GetValue(address) ?? Variable(AddressVariable) ?? CoordinatorClient.Default;

    public CoordinatorClient Client(ParseResult parsed) => new(Address(parsed), Token, Authorities(parsed));

    /// <exception cref="UserMistakeException">This is no address.</exception>
    public Uri Uri(ParseResult parsed) => CoordinatorClient.Parse(Address(parsed));

    /// <summary>Null for those that the system trusts.</summary>
    /// <exception cref="UserMistakeException">The file cannot be used.</exception>
    public TrustedAuthorities? Authorities(ParseResult parsed) =>
        (parsed.GetValue(authorities) ?? Variable(AuthoritiesVariable)) is { } path ? new TrustedAuthorities(path, TimeProvider.System) : null;

    /// <summary>As it is now; null for none.</summary>
    /// <exception cref="UserMistakeException">What is given is no token. The message does not repeat it.</exception>
    public static string? Token => TokenSource()();

    /// <summary>Gives the token of the moment: a file's is read again when it changes.</summary>
    /// <inheritdoc cref="Token" path="/exception"/>
    public static Func<string?> TokenSource() => (Variable(TokenVariable), Variable(TokenFileVariable)) switch
    {
        (null, null) => () => null,
        ({ } text, null) when Checked(text, TokenVariable) is var token => () => token,
        (null, { } path) when FirstLine(path) is var file => () => file.Now,
        _ => throw new UserMistakeException(new Place(TokenFileVariable, 0, 0, ""), $"is set and {TokenVariable} too; unset one of them."),
    };

    private static string Checked(string token, string from) => AccessToken.IsPossible(token)
        ? token
        : throw new UserMistakeException(new Place(from, 0, 0, ""), $"holds no token: a token has 1 to {AccessToken.MostCharacters} letters, digits and - . _ ~ + / =, and no spaces.");

    private static FreshFiles<string> FirstLine(string path) =>
        new([path], content => Checked(Encoding.UTF8.GetString(content[0]).Split('\n')[0].Trim(), path), TimeProvider.System) { Broken = Console.Error.WriteLine };

    /// <summary>The argument that names a run.</summary>
    public static Argument<string> Run() => new("RUN") { Description = "The run's number." };

    /// <exception cref="UserMistakeException">This is no number of a run.</exception>
    public static long Number(string run) => long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0
        ? number
        : throw new UserMistakeException(new Place("RUN", 0, 0, ""), $"'{run}' is no number of a run; 'brainsim runs' lists them.");

    /// <returns>Null where it is unset or empty.</returns>
    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
