using System.Text.Json.Serialization;

namespace BrainSim.Contracts;

/// <summary>What is said of a run when it is over: the content of <c>run.json</c>.</summary>
/// <param name="Dt">Step in ms.</param>
/// <param name="Steps">Steps done; fewer than asked for when the run was interrupted.</param>
/// <param name="Interrupted">True when the user ended the run early.</param>
/// <param name="Failure">Why the run ended early, where a state variable became NaN or infinite; else null.</param>
/// <param name="StateHash">Equal for equal state, whatever the split.</param>
/// <param name="Profile">What the run cost, where that was asked for; else null, and not in the file.</param>
/// <param name="Times">Of a run on a cluster: where the nodes' time went; else null, and not in the file.</param>
public sealed record RunManifest(
    string Name,
    string NetworkHash,
    ulong Seed,
    double Dt,
    long Steps,
    string Precision,
    int Shards,
    int Threads,
    string Backend,
    PhaseSeconds Seconds,
    IReadOnlyDictionary<string, PopulationReport> Populations,
    IReadOnlyDictionary<string, ProjectionReport> Projections,
    IReadOnlyDictionary<string, MeasureValue> Measures,
    bool Interrupted,
    string? Failure,
    string StateHash,
    string Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RunProfile? Profile = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<TimeLine>? Times = null);

/// <summary>Wall-clock seconds.</summary>
public sealed record PhaseSeconds(double Compile, double Build, double Run);

/// <param name="Rate">Mean over neurons and time, Hz.</param>
public sealed record PopulationReport(int Size, long Spikes, double Rate);

/// <param name="Events">Spikes times synapses.</param>
public sealed record ProjectionReport(long Synapses, long Events);
