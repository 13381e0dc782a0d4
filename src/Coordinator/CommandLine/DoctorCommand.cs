using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Json;
using BrainSim.Coordinator.Doctor;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>doctor</c>: says of this machine, a folder, certificates and a coordinator what is well and what to do about the rest.</summary>
internal sealed class DoctorCommand
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<string?> data = new("--data") { Description = "A coordinator's folder: has it room, can it be written?", HelpName = "DIR" };

    private readonly Option<string?> coordinator = new("--coordinator")
    {
        Description = $"A coordinator to ask; default: {ClusterOptions.AddressVariable}, else none. A token is taken from {ClusterOptions.TokenVariable}.", HelpName = "URL",
    };

    private readonly Option<string?> certificate = new("--certificate") { Description = "A certificate of a coordinator or node: does it still hold, whom does it name?", HelpName = "PEM" };
    private readonly Option<string?> key = new("--key") { Description = "Of the certificate: do they belong together?", HelpName = "PEM" };
    private readonly Option<string?> authority = new("--ca") { Description = $"Authorities to trust for the coordinator's certificate; default: {ClusterOptions.AuthoritiesVariable}, else those of this machine.", HelpName = "PEM" };
    private readonly Option<bool> json = new("--json") { Description = "Prints the findings as JSON." };

    public static Command Define()
    {
        DoctorCommand doctor = new();
        Command command = new("doctor", "Looks for what is wrong with this machine, a data folder, certificates and a coordinator, and says what to do.")
        {
            doctor.data, doctor.coordinator, doctor.certificate, doctor.key, doctor.authority, doctor.json,
        };
        command.SetAction(parsed => doctor.Examine(parsed).GetAwaiter().GetResult());
        return command;
    }

    /// <returns>0 where there is no problem; warnings are none.</returns>
    private async Task<int> Examine(ParseResult parsed)
    {
        IReadOnlyList<Finding> findings = Examination.Of(await Gather(parsed));
        if (parsed.GetValue(json))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { Findings = findings, Problems = findings.Count(f => f.Level == Finding.Problem) }, Readable));
        }
        else
        {
            foreach (Finding finding in findings)
            {
                Console.WriteLine(finding);
            }
        }

        return findings.Any(f => f.Level == Finding.Problem) ? Cli.UserMistake : Cli.Done;
    }

    private async Task<Facts> Gather(ParseResult parsed)
    {
        string? ca = parsed.GetValue(authority) ?? ClusterOptions.Variable(ClusterOptions.AuthoritiesVariable);
        string? address = parsed.GetValue(coordinator) ?? ClusterOptions.Variable(ClusterOptions.AddressVariable);
        CertificateFacts[] files = [.. Shown(parsed), .. ca is null ? [] : ThisMachine.Certificates(ca)];
        X509Certificate2Collection trusted = ca is null || files.Any(file => file.Where == ca && file.Problem is not null) ? [] : Read(ca);
        CoordinatorFacts? reached = address is null ? null : await new CoordinatorProbe(address, ClusterOptions.Token, trusted, TimeProvider.System).Ask();
        return new Facts(TimeProvider.System.GetUtcNow(), ThisMachine.Machine(), parsed.GetValue(data) is { } folder ? ThisMachine.Folder(folder) : null, reached, files);
    }

    private IEnumerable<CertificateFacts> Shown(ParseResult parsed) => (parsed.GetValue(certificate), parsed.GetValue(key)) switch
    {
        (null, null) => [],
        (null, _) => throw new UserMistakeException(new Place(key.Name, 0, 0, ""), $"is of no use alone; give {certificate.Name} too."),
        ({ } own, var secret) => ThisMachine.Shown(own, secret),
    };

    private static X509Certificate2Collection Read(string path)
    {
        X509Certificate2Collection found = [];
        found.ImportFromPemFile(path);
        return found;
    }
}
