namespace BrainSim.Coordinator.Service;

/// <summary>What was asked for is not here. The message is one sentence for the client.</summary>
public sealed class UnknownException(string message) : Exception(message);

/// <summary>What was asked for was here once. The message is one sentence for the client.</summary>
public sealed class GoneException(string message) : Exception(message);

/// <summary>Files must be put before a submission that names them.</summary>
public sealed class MissingBlobsException(IReadOnlyList<string> missing) : Exception($"{missing.Count} of the files are not here; put them under /api/v1/blobs/ first.")
{
    public IReadOnlyList<string> Missing { get; } = missing;
}
