using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace BrainSim.Coordinator.Service;

/// <summary>Where nodes put the parts of checkpoints, and get them back, and where they put what they recorded.</summary>
internal static class PartEndpoints
{
    private const string Address = "/cluster/v1/parts/{run:long:min(1)}/{epoch:int:min(1)}/{step:long:min(0)}/{shard:int:min(0)}";

    public static void MapParts(this IEndpointRouteBuilder app)
    {
        app.MapPut(Address, Put).ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(PartFolder.MostBytes)).Needs(Role.Node);
        app.MapGet(Address, Get).ExcludeFromDescription().Needs(Role.Node);
    }

    /// <summary>The coordinator hears of a part when it is on the disk.</summary>
    private static async Task<NoContent> Put(
        long run, int epoch, long step, int shard, [FromQuery(Name = "recorded_after")] long? recordedAfter, HttpRequest request, DataFolder data, Board board, CoordinatorLoop loop, CancellationToken cancellation)
    {
        PartKey key = Key(run, epoch, step, shard);
        CheckWanted(board.Now.Runs.GetValueOrDefault(run), key.Epoch);
        if (recordedAfter is { } after)
        {
            key.IsRecorded = true;
            key.RecordedAfter = after >= 0 && after < step ? after : throw new ArgumentException("recorded_after must be from 0 to the step before.");
        }

        string node = Guard.NodeOf(request.HttpContext);
        Cluster.PartClaim claim = await loop.ClaimOf(node, key);
        if (claim.IsUnderWay && !claim.IsHeld)
        {
            throw AccessException.NotAllowed($"node {node} does not have shard {shard} of run {run} in epoch {epoch}, and puts a part of it");
        }

        if (claim.IsCommitted)
        {
            return TypedResults.NoContent(); // It is there, and stays as it is.
        }

        if (!claim.IsUnderWay)
        {
            throw new UnknownException($"nothing is kept of epoch {epoch} of run {run}: no node has it.");
        }

        PartKept kept = await data.Parts.Put(key, request.Body, cancellation);
        await loop.Hear(kept);
        return TypedResults.NoContent();
    }

    /// <summary>Nobody would ever forget a part of a run that is not there or has ended. What is seen is a moment old: an epoch may just have begun.</summary>
    private static void CheckWanted(RunView? run, RunEpoch epoch)
    {
        if (run is null || run.HasEnded || epoch.Epoch < run.Epoch || epoch.Epoch > run.Epoch + 1)
        {
            throw new UnknownException($"nothing is kept of epoch {epoch.Epoch} of run {epoch.Run}: {(run is null ? "there is no such run" : run.HasEnded ? $"it is {run.State}" : $"it is at epoch {run.Epoch}")}.");
        }
    }

    /// <summary>For the nodes that go on from it.</summary>
    private static async Task<PhysicalFileHttpResult> Get(long run, int epoch, long step, int shard, HttpContext context, DataFolder data, CoordinatorLoop loop)
    {
        PartKey key = Key(run, epoch, step, shard);
        string path = data.Parts.PathOf(key);
        string node = Guard.NodeOf(context);
        if (File.Exists(path) && !(await loop.ClaimOf(node, key)).IsShared)
        {
            throw AccessException.NotAllowed($"node {node} has no shards of run {run}, and reads its checkpoint");
        }

        return File.Exists(path) ? TypedResults.PhysicalFile(path, "application/octet-stream") : throw new UnknownException("there is no such part of a checkpoint.");
    }

    private static PartKey Key(long run, int epoch, long step, int shard) => new() { Epoch = new RunEpoch { Run = run, Epoch = epoch }, Step = step, Shard = shard };
}
