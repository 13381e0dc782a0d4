namespace BrainSim.Coordinator.Doctor;

/// <summary>What was found out; what it means is for <see cref="Examination"/> to say.</summary>
/// <param name="Data">Null where no folder was named.</param>
/// <param name="Coordinator">Null where none was named.</param>
internal sealed record Facts(DateTimeOffset Now, MachineFacts Machine, FolderFacts? Data, CoordinatorFacts? Coordinator, IReadOnlyList<CertificateFacts> Certificates);

/// <param name="Cores">That this process may use.</param>
/// <param name="CoreLimit">Of the control group, in cores; null for none.</param>
/// <param name="MemoryBytes">Of the machine.</param>
/// <param name="MemoryLimit">Of the control group, in bytes; null for none.</param>
/// <param name="Devices">Of graphics processors that are seen.</param>
internal sealed record MachineFacts(
    string Version, string Runtime, string System, string Architecture, int Cores, int VectorBits, bool HasFma, double? CoreLimit, long MemoryBytes, long? MemoryLimit, IReadOnlyList<string> Devices);

/// <param name="Exists">Else the rest is of the folder in which it would be made.</param>
/// <param name="FreeBytes">Null where it cannot be known.</param>
/// <param name="WriteProblem">Why a file could not be written and flushed; null where it could.</param>
internal sealed record FolderFacts(string Path, bool Exists, long? FreeBytes, string? WriteProblem, TimeSpan WriteTook);

/// <summary>How a coordinator was reached.</summary>
internal enum Reach
{
    Answers,
    NoAddress,
    NameUnknown,
    Refused,
    Silent,
    TlsFailed,
    TokenRefused,
    RoleTooLow,
    OtherAnswer,
}

/// <param name="Detail">What the system or the answer said.</param>
/// <param name="ClockAhead">Its clock less ours; null where it did not say.</param>
/// <param name="Certificate">That it showed; null where it shows none.</param>
/// <param name="Nodes">The version of each that it has, where it answers.</param>
internal sealed record CoordinatorFacts(string Address, Reach Reach, string Detail, TimeSpan? ClockAhead, CertificateFacts? Certificate, IReadOnlyList<string> Nodes);

/// <param name="Where">A file, or who showed it.</param>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
/// <param name="Own">Of one that a process is to show; null for those of authorities.</param>
internal sealed record CertificateFacts(string Where, string Subject, DateTimeOffset From, DateTimeOffset To, string? Problem, ShownFacts? Own = null);

/// <param name="Names">Hosts and addresses that it names.</param>
/// <param name="IsForServers">By its extended usages, or because it has none.</param>
/// <param name="KeyProblem">Why the key does not go with it; null where it does, or where none was named.</param>
internal sealed record ShownFacts(IReadOnlyList<string> Names, bool IsForServers, string? KeyProblem);
