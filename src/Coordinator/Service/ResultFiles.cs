using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Store;

namespace BrainSim.Coordinator.Service;

/// <summary>The files that a finished run leaves: made of its last checkpoint when they are first asked for, then kept as blobs.</summary>
internal sealed class ResultFiles(DataFolder data)
{
    public Task<ResultFile[]> Of(RunView run, CancellationToken cancellation) => throw new NotSupportedException();

    public Stream Open(ResultFile file) => File.OpenRead(data.Blobs.PathOf(file.Sha256));
}
