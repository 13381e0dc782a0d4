using Google.Protobuf;

namespace BrainSim.Contracts;

/// <summary>What arrived is no message of this protocol.</summary>
public sealed class MalformedMessageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Reads messages of others: whatever the bytes, either a message whose parts are there, or a <see cref="MalformedMessageException"/>.</summary>
public static class Messages
{
    /// <summary>What a reader must be ready to hold for one message.</summary>
    public const int MostBytes = 64 << 20;

    /// <exception cref="MalformedMessageException">The bytes are none.</exception>
    public static ToCoordinator ReadToCoordinator(ReadOnlySpan<byte> bytes)
    {
        ToCoordinator message = Parse(ToCoordinator.Parser, bytes);
        Require(message.Node.Length > 0, "names no node");
        Require(message.BodyCase switch
        {
            ToCoordinator.BodyOneofCase.Report => message.Report.Description is { Slots: >= 0, Cores: >= 0, MemoryBytes: >= 0 } && message.Report.Runs.All(IsWhole) && message.Report.Sweeps.All(s => s.Run > 0),
            ToCoordinator.BodyOneofCase.Built => IsWhole(message.Built.Epoch),
            ToCoordinator.BodyOneofCase.Ended => IsWhole(message.Ended.Epoch) && (message.Ended.Status is null || IsWhole(message.Ended.Status)),
            ToCoordinator.BodyOneofCase.Failed => IsWhole(message.Failed.Epoch) && Enum.IsDefined(message.Failed.Cause),
            ToCoordinator.BodyOneofCase.Points => message.Points.Run > 0 && message.Points.Results.All(r => r.Key.Length > 0),
            ToCoordinator.BodyOneofCase.PointFailed => message.PointFailed.Run > 0 && Enum.IsDefined(message.PointFailed.Cause),
            _ => false,
        }, "says nothing that this version understands");
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

    private static bool IsWhole(HostedStatus status) => IsWhole(status.Epoch) && Enum.IsDefined(status.Phase) && status.Step >= 0 && IsRising(status.Limits);

    private static bool IsWhole(BuildShards order)
    {
        int next = 0;
        foreach (Peer peer in order.Peers)
        {
            if (peer.FirstShard != next || peer.Shards < 1 || peer.Shards > int.MaxValue - next)
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
