using Google.Protobuf;

namespace BrainSim.Contracts;

/// <summary>What arrived is no message of this protocol.</summary>
public sealed class MalformedMessageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Reads messages of others: whatever the bytes, either a message whose parts are there, or a <see cref="MalformedMessageException"/>.</summary>
public static class Messages
{
    /// <summary>What a reader must be ready to hold for one message.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Characters that a node may say in one text, such as why a run failed.</summary>
    public const int MostText = 1 << 20;

    /// <summary>Shards that one node takes at once, and runs and sweeps that it reports.</summary>
    public const int MostSlots = 1 << 16;

    /// <summary>Shards of one run.</summary>
    public const int MostShards = 1 << 20;

    /// <summary>Characters of a name, an address or a version.</summary>
    private const int MostName = 255;

    private const int MostDevices = 64;

    /// <summary>Steps of one run, and points of a sweep.</summary>
    private const long MostSteps = int.MaxValue;

    /// <summary>139 years: what all shards of a run report together stays within 64 bits.</summary>
    private const long MostMilliseconds = 1L << 42;

    private const long MostMemoryBytes = 1L << 50;

    /// <summary>Numbers that order numerical failures.</summary>
    private const int MostOrder = 16;

    /// <exception cref="MalformedMessageException">The bytes are none.</exception>
    public static ToCoordinator ReadToCoordinator(ReadOnlySpan<byte> bytes)
    {
        ToCoordinator message = Parse(ToCoordinator.Parser, bytes);
        Require(message.Node.Length > 0, "names no node");
        Require(message.Node.Length <= MostName, $"names a node in more than {MostName} characters");
        Require(message.BodyCase switch
        {
            ToCoordinator.BodyOneofCase.Report => IsWhole(message.Report),
            ToCoordinator.BodyOneofCase.Built => IsWhole(message.Built.Epoch),
            ToCoordinator.BodyOneofCase.Ended => IsWhole(message.Ended.Epoch) && (message.Ended.Status is null || IsWhole(message.Ended.Status)),
            ToCoordinator.BodyOneofCase.Failed => IsWhole(message.Failed),
            ToCoordinator.BodyOneofCase.Points => message.Points.Run > 0 && message.Points.Results.All(IsWhole),
            ToCoordinator.BodyOneofCase.PointFailed => message.PointFailed.Run > 0 && Enum.IsDefined(message.PointFailed.Cause) && message.PointFailed.Message.Length <= MostText,
            _ => false,
        }, "says nothing that this version understands, or numbers and texts that no node has");
        return message;
    }

    /// <exception cref="MalformedMessageException">The bytes are none.</exception>
    public static ToNode ReadToNode(ReadOnlySpan<byte> bytes)
    {
        ToNode message = Parse(ToNode.Parser, bytes);
        Require(message.BodyCase switch
        {
            ToNode.BodyOneofCase.Build => IsWhole(message.Build),
            ToNode.BodyOneofCase.Open => IsWhole(message.Open.Epoch),
            ToNode.BodyOneofCase.Advance => IsWhole(message.Advance.Epoch) && IsRising(message.Advance.Limits),
            ToNode.BodyOneofCase.Stop => IsWhole(message.Stop.Epoch),
            ToNode.BodyOneofCase.Released => true,
            ToNode.BodyOneofCase.Points => IsWhole(message.Points),
            _ => false,
        }, "says nothing that this version understands");
        return message;
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes)
        where T : IMessage<T>
    {
        Require(bytes.Length <= MostBytes, $"has {bytes.Length} bytes where {MostBytes} are the most");
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException problem)
        {
            throw new MalformedMessageException($"The message is none: {problem.Message}", problem);
        }
    }

    private static bool IsWhole(RunEpoch? epoch) => epoch is { Run: > 0, Epoch: > 0 };

    private static bool IsWhole(NodeReport report) =>
        IsWhole(report.Description) && IsWithin(report.MemoryUsedBytes, MostMemoryBytes) && report.Runs.Count <= MostSlots && report.Runs.All(IsWhole)
        && report.Sweeps.Count <= MostSlots && report.Sweeps.All(s => s.Run > 0 && IsWithin(s.AtOnce, MostSlots));

    private static bool IsWhole(NodeDescription? node) =>
        node is not null && Addresses.IsPeer(node.Address) && IsWithin(node.Slots, MostSlots) && IsWithin(node.Cores, MostSlots) && IsWithin(node.MemoryBytes, MostMemoryBytes) && node.Version.Length <= MostName
        && node.Devices.Count <= MostDevices && node.Devices.All(device => device.Length <= MostName);

    private static bool IsWhole(HostedStatus status) =>
        IsWhole(status.Epoch) && Enum.IsDefined(status.Phase) && IsWithin(status.Step, MostSteps) && IsRising(status.Limits) && status.Spikes >= 0 && IsWithin(status.BusyMs, MostMilliseconds)
        && status.WaitedMs.Count <= MostShards && status.WaitedMs.All(IsTime) && status.ShardBusyMs.Count <= MostShards && status.ShardBusyMs.All(IsTime);

    private static bool IsWhole(RunFailed failed) =>
        IsWhole(failed.Epoch) && Enum.IsDefined(failed.Cause) && failed.Message.Length <= MostText && IsWithin(failed.Step, MostSteps) && failed.Order.Count <= MostOrder;

    private static bool IsWhole(PointResult result) =>
        result.Key.Length > 0 && result.Index >= 0 && result.Reason.Length <= MostText && result.Seconds is >= 0 and <= MostMilliseconds
        && result.Measures.Select(m => m.Name).Distinct().Count() == result.Measures.Count;

    private static bool IsTime(long milliseconds) => IsWithin(milliseconds, MostMilliseconds);

    private static bool IsWithin(long number, long most) => number >= 0 && number <= most;

    private static bool IsWhole(BuildShards order)
    {
        int next = 0;
        foreach (Peer peer in order.Peers)
        {
            if (peer.FirstShard != next || peer.Shards < 1 || peer.Shards > MostShards - next || !Addresses.IsPeer(peer.Address))
            {
                return false;
            }

            next += peer.Shards;
        }

        return IsWhole(order.Epoch) && order.Network is not null && order.Self >= 0 && order.Self < order.Peers.Count
            && (order.From is null || (order.From.Step >= 0 && order.From.Parts.Count > 0 && order.From.Parts.All(p => IsWhole(p.Key?.Epoch))));
    }

    private static bool IsWhole(RunPoints order) => order.Run > 0 && order.AtOnce >= 0
        && (order.Points.Count == 0 || (order is { Network: not null, Sweep: not null, Threads: > 0 } && order.Points.All(p => p is { Index: >= 0, Key.Length: > 0 })));

    private static bool IsRising(IReadOnlyList<long> steps) => !steps.Where((step, i) => step <= (i == 0 ? 0 : steps[i - 1])).Any();

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new MalformedMessageException($"The message {otherwise}.");
        }
    }
}
