using BrainSim.Coordinator.CommandLine;
using BrainSim.Coordinator.Disk;

namespace BrainSim.Coordinator.Doctor;

/// <summary>What the facts mean, and what to do about them. A pure function of them.</summary>
internal static class Examination
{
    /// <summary>Certificates that end sooner are told of.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>Clocks are compared to the second.</summary>
    private static readonly TimeSpan OftenSeen = TimeSpan.FromSeconds(5), TooFar = TimeSpan.FromMinutes(5);

    private const long LittleMemory = 1L << 30;

    public static IReadOnlyList<Finding> Of(Facts facts)
    {
        List<Finding> found = [.. OfMachine(facts.Machine), OfFolder(facts.Data)];
        found.AddRange(facts.Certificates.Select(certificate => OfCertificate(certificate, facts.Now)));
        found.AddRange(OfCoordinator(facts.Coordinator, facts.Machine.Version, facts.Now));
        return found;
    }

    private static IEnumerable<Finding> OfMachine(MachineFacts machine)
    {
        yield return Finding.Ok("version", $"brainsim {machine.Version}, {machine.Runtime}, {machine.System}, {machine.Architecture}");
        yield return machine.CoreLimit is { } limit && limit < machine.Cores
            ? Finding.Warn("cores", $"{machine.Cores} are seen, but the control group gives {limit:0.##}", "raise its limit to a whole number, or run with --threads and --slots below it")
            : Finding.Ok("cores", $"{machine.Cores}");
        yield return machine.HasFma
            ? Finding.Ok("vectors", $"{machine.VectorBits} bits, with FMA")
            : Finding.Bad("vectors", $"this processor has no FMA, without which results would differ from machine to machine", "use one with AVX2 and FMA (x86-64-v3) or an Arm64 one");
        yield return Finding.Ok("gpu", $"none is used yet: BrainSim computes on processors only{(machine.Devices.Count > 0 ? $" ({string.Join(", ", machine.Devices)} stays idle)" : "")}");
        long memory = Math.Min(machine.MemoryBytes, machine.MemoryLimit ?? long.MaxValue);
        string limited = machine.MemoryLimit is { } bytes && bytes < machine.MemoryBytes ? FormattableString.Invariant($" of {machine.MemoryBytes / 1e9:0.0} GB, by the control group's limit") : "";
        yield return memory < LittleMemory
            ? Finding.Warn("memory", $"{memory / 1e9:0.0} GB{limited}", "enough for small networks only; raise the limit, or use a larger machine")
            : Finding.Ok("memory", $"{memory / 1e9:0.0} GB{limited}");
    }

    private static Finding OfFolder(FolderFacts? data)
    {
        const string more = "make room, or name a folder on another disk";
        long enough = DiskPolicy.Untouched + DiskPolicy.Unlimited.Reserve;
        return data switch
        {
            null => Finding.Ok("disk", $"not looked at: name the coordinator's folder with --data"),
            { Exists: false, WriteProblem: { } why } => Finding.Bad("disk", $"there is no folder {data.Path}, and it cannot be made ({why})", "make it for this user, or name another with --data"),
            { WriteProblem: { } why } => Finding.Bad("disk", $"{data.Path} cannot be written ({why})", "give this user the right to write there, or name another folder"),
            { FreeBytes: < DiskPolicy.Untouched } => Finding.Bad("disk", $"{data.Path} has {data.FreeBytes / 1e9:0.00} GB free: a coordinator there takes nothing more", more),
            { FreeBytes: { } free } when free < enough => Finding.Warn("disk", $"{data.Path} has {free / 1e9:0.00} GB free: a coordinator there takes no new runs", more),
            _ => Finding.Ok("disk", $"{data.Path} {(data.Exists ? "can be written" : "will be made by the coordinator")}, {data.FreeBytes / 1e9:0.0} GB free, a file is safe after {data.WriteTook.TotalMilliseconds:0} ms"),
        };
    }

    private static IEnumerable<Finding> OfCoordinator(CoordinatorFacts? coordinator, string version, DateTimeOffset now)
    {
        if (coordinator is null)
        {
            yield return Finding.Ok("coordinator", $"not looked at: name one with --coordinator or {CommandLine.ClusterOptions.AddressVariable}");
            yield break;
        }

        yield return OfReach(coordinator);
        if (coordinator.Nodes.Count(node => node != version) is > 0 and var others)
        {
            yield return Finding.Warn(
                "nodes", $"{others} of {coordinator.Nodes.Count} are not brainsim {version} but {string.Join(", ", coordinator.Nodes.Where(node => node != version).Distinct().Order(StringComparer.Ordinal))}",
                "a node gets shards only where it has the coordinator's version: use the same everywhere, here too");
        }

        if (coordinator.ClockAhead is { } ahead)
        {
            yield return OfClock(ahead);
        }

        if (coordinator.Certificate is { } certificate)
        {
            yield return OfCertificate(certificate, now);
        }
    }

    private static Finding OfReach(CoordinatorFacts of)
    {
        Finding Bad(FormattableString what, string fix) => Finding.Bad("coordinator", what, fix);
        return of.Reach switch
        {
            Reach.Answers => Finding.Ok("coordinator", $"{of.Address} answers, {of.Nodes.Count} {CommandLine.TextTable.Noun(of.Nodes.Count, "node")}"),
            Reach.NoAddress => Bad($"'{of.Address}' is no address", "write http://HOST:PORT or https://HOST:PORT"),
            Reach.NameUnknown => Bad($"nobody knows the name in {of.Address}", "correct the name, or this machine's name servers"),
            Reach.Refused => Bad($"nothing listens at {of.Address} ({of.Detail})", "start the coordinator, correct the port, or open it in the firewall"),
            Reach.Silent => Bad($"{of.Address} does not answer", "correct the address, or let firewalls and network policies pass it"),
            Reach.TlsFailed => Bad($"no secure connection to {of.Address} ({of.Detail})", "name the authority of its certificate with --ca, and the host as the certificate names it; write http:// where it serves no TLS"),
            Reach.TokenRefused => Bad($"{of.Address} does not take the token ({of.Detail})", $"set {ClusterOptions.TokenVariable} or {ClusterOptions.TokenFileVariable} to a token that its --tokens file lists and that is not past its date"),
            Reach.RoleTooLow => Bad($"the token may not read at {of.Address} ({of.Detail})", "use one with the role read or submit"),
            _ => Bad($"what answers at {of.Address} is no coordinator of this version ({of.Detail})", "correct the address and the port, or use the same version of brainsim"),
        };
    }

    private static Finding OfClock(TimeSpan ahead)
    {
        const string fix = "let both machines follow a time server (chrony, systemd-timesyncd)";
        FormattableString what = $"the coordinator's is {ahead.Duration().TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this one";
        return ahead.Duration() > TooFar ? Finding.Bad("clock", what, fix) : ahead.Duration() > OftenSeen ? Finding.Warn("clock", what, fix) : Finding.Ok("clock", $"the same as the coordinator's");
    }

    private static Finding OfCertificate(CertificateFacts of, DateTimeOffset now)
    {
        const string fix = "put a new one in its place (docs/operations.md, certificates)";
        return of switch
        {
            { Problem: { } why } => Finding.Bad("certificate", $"{of.Where} cannot be read ({why})", "name a PEM file that this user may read"),
            _ when now >= of.To => Finding.Bad("certificate", $"{of.Where} ({of.Subject}) ended on {of.To:yyyy-MM-dd}", fix),
            _ when now < of.From => Finding.Bad("certificate", $"{of.Where} ({of.Subject}) begins only on {of.From:yyyy-MM-dd}", "correct this machine's clock, or " + fix),
            { Own: { KeyProblem: { } why } } => Finding.Bad("certificate", $"{of.Where} ({of.Subject}) does not go with the key ({why})", "name the key that it was made for, in PEM and without a password"),
            { Own: { Names.Count: 0 } } => Finding.Bad("certificate", $"{of.Where} ({of.Subject}) names no host", "make one whose subject's alternative names are the hosts and addresses by which the process is reached"),
            { Own: { IsForServers: false } } => Finding.Bad("certificate", $"{of.Where} ({of.Subject}) is not for servers", "make one whose extended usages have serverAuth, for a node clientAuth too"),
            _ when of.To - now < Soon => Finding.Warn("certificate", $"{of.Where} ({of.Subject}) ends on {of.To:yyyy-MM-dd}, in {(of.To - now).TotalDays:0} days", fix),
            _ => Finding.Ok("certificate", $"{of.Where} ({of.Subject}) holds until {of.To:yyyy-MM-dd}{(of.Own is { } own ? $", for {string.Join(", ", own.Names)}" : "")}"),
        };
    }
}
