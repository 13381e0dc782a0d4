using System.Text.Json.Serialization;

namespace BrainSim.Contracts;

/// <summary>Where the time of a run went, and what it asked of the memory.</summary>
/// <param name="Lines">Their seconds add up to those of the run times its threads.</param>
/// <param name="MemoryGbPerSecond">10^9 bytes of synapses and columns per second of the run, as if no cache kept any: an estimate.</param>
/// <param name="CopyGbPerSecond">What a loop that only copies reads and writes with the same number of threads on this machine.</param>
public sealed record RunProfile(IReadOnlyList<ProfileLine> Lines, double MemoryGbPerSecond, double CopyGbPerSecond);

/// <param name="Work">A kind of work, as people call it.</param>
/// <param name="Of">Population, projection or thread; null where the work is that of all.</param>
/// <param name="Seconds">Of all threads together.</param>
/// <param name="Share">Of the seconds of the run times its threads.</param>
/// <param name="Count">How often the work was done; null where it is not counted.</param>
/// <param name="Unit">What was counted.</param>
/// <param name="Nanoseconds">Per unit; null where nothing was counted.</param>
/// <param name="Bytes">Of synapses and columns read and written per unit; null where it is not known.</param>
public sealed record ProfileLine(
    string Work,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Of,
    double Seconds,
    double Share,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Count,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Unit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Nanoseconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Bytes);
