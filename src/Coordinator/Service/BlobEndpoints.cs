using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace BrainSim.Coordinator.Service;

/// <summary>Files by their content, under <c>/api/v1/blobs</c>: every content is uploaded once.</summary>
internal static class BlobEndpoints
{
    /// <summary>Hashes in one question.</summary>
    private const int MostNames = 10_000;

    public static void MapBlobs(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder blobs = app.MapGroup("/api/v1/blobs");
        blobs.MapPost("/missing", Missing).WithName("missing_blobs").Refuses(400, 503).Within(gates => gates.Questions);
        blobs.MapPut("/{sha256}", Put).WithName("put_blob").Refuses(400, 413, 429, 503, 507)
            .WithMetadata(new RequestSizeLimitAttribute(BlobFolder.MostBytes)).Accepts<byte[]>("application/octet-stream");
        blobs.MapGet("/{sha256}", Get).WithName("get_blob").Refuses(400, 404).Needs(Role.Submit, Role.Node);
    }

    private static BlobNames Missing(BlobNames asked, DataFolder data, TimeProvider clock) =>
        asked.Sha256.Count > MostNames ? throw new ArgumentException($"at most {MostNames} hashes may be asked for at once.")
        : !asked.Sha256.All(BlobFolder.IsName) ? throw new ArgumentException("a file is named by the SHA-256 of its content: 64 hexadecimal digits with small letters.")
        : new BlobNames([.. asked.Sha256.Distinct().Where(sha256 => !data.Blobs.Touch(sha256, clock.GetUtcNow()))]);

    private static async Task<NoContent> Put(string sha256, HttpRequest request, DataFolder data, ServiceLimits limits, CancellationToken cancellation) =>
        !data.Blobs.Has(sha256) && !data.Blobs.HasRoom(limits.MostBlobs) ? throw new FullException($"{limits.MostBlobs:N0} files are here, the most that are kept")
        : await data.Blobs.Put(sha256, request.Body, cancellation)
            ? TypedResults.NoContent()
            : throw new ArgumentException("the content has another SHA-256 than its address says; send it again.");

    private static PhysicalFileHttpResult Get(string sha256, DataFolder data) => data.Blobs.Has(sha256)
        ? TypedResults.PhysicalFile(data.Blobs.PathOf(sha256), "application/octet-stream")
        : throw new UnknownException("there is no file with that SHA-256.");
}
