using BrainSim.Contracts;
using BrainSim.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Xunit;

namespace BrainSim.Tests.Contracts;

/// <summary>Whatever arrives is a whole message, or a typed refusal.</summary>
public sealed class MessagesTests
{
    private static RunEpoch Epoch => new() { Run = 1, Epoch = 2 };

    private static readonly ToCoordinator[] FromNodes =
    [
        new() { Node = "a", Report = new() { Description = new() { Address = "a:1", Slots = 2 }, Sequence = 3, Runs = { new HostedStatus { Epoch = Epoch, Phase = HostedPhase.Open, Step = 7, Limits = { 10, 20 } } } } },
        new() { Node = "a", Built = new() { Epoch = Epoch, Shards = { new ShardAsks { ShortestFrom = { -1, 4 }, LongestOf = { 3 }, Reads = { false, true } } } } },
        new() { Node = "a", Ended = new() { Epoch = Epoch, Shards = { new ShardEnd { Synapses = { 4 }, Digests = { new Digest { Name = "A.V", Head = ByteString.CopyFrom(1, 2) } } } } } },
        new() { Node = "a", Failed = new() { Epoch = Epoch, Cause = FailureCause.Numerical, Message = "x", Order = { 1, 2, 3 } } },
        new() { Node = "a", Report = new() { Description = new() { Address = "a:1" }, Sweeps = { new SweepStatus { Run = 3, AtOnce = 2, Begun = { 1, 4 }, Waiting = { 5 } } } } },
        new() { Node = "a", Points = new() { Run = 3, Results = { new PointResult { Key = "k", Index = 1, Status = "done", Seconds = 0.5, Limit = 2, Measures = { new MeasureResult { Name = "m", Number = double.NaN } } } } } },
        new() { Node = "a", PointFailed = new() { Run = 3, Index = 1, Cause = FailureCause.Infrastructure, Message = "x" } },
    ];

    private static readonly ToNode[] FromCoordinator =
    [
        new() { Build = new() { Epoch = Epoch, Network = new() { Main = "n.yaml" }, Peers = { new Peer { Node = "a", Address = "a:1", Shards = 2 }, new Peer { Node = "b", Address = "[::1]:7412", FirstShard = 2, Shards = 1 } }, Self = 1 } },
        new() { Open = new() { Epoch = Epoch } },
        new() { Advance = new() { Epoch = Epoch, Limits = { 5, 9 }, Missing = { new MissingPart { Step = 5 } } } },
        new() { Stop = new() { Epoch = Epoch } },
        new() { Released = new() },
        new() { Points = new() { Run = 3 } },
        new() { Points = new() { Run = 3, Network = new(), Sweep = new(), Threads = 1, AtOnce = 1, Points = { new PointOrder { Key = "k", Values = { new PointValue { Ordinal = -1, Number = 0.1 } } } } } },
    ];

    [Fact]
    public void Every_message_comes_back_as_it_was_sent()
    {
        Assert.All(FromNodes, m => Assert.Equal(m, Messages.ReadToCoordinator(m.ToByteArray())));
        Assert.All(FromCoordinator, m => Assert.Equal(m, Messages.ReadToNode(m.ToByteArray())));
    }

    [Fact]
    public void Changed_and_random_bytes_are_a_whole_message_or_refused() =>
        Prop.ForAll<byte[], int, int>((bytes, which, at) =>
        {
            byte[] coordinator = FromNodes[(which & 0xFFFF) % FromNodes.Length].ToByteArray();
            byte[] node = FromCoordinator[(which & 0xFFFF) % FromCoordinator.Length].ToByteArray();
            return new[] { bytes, Spliced(coordinator, bytes, at), Spliced(node, bytes, at) }.All(IsReadOrRefused);
        }).Check(TestSeed.Config(3000));

    [Theory]
    [InlineData("no node")]
    [InlineData("no body")]
    [InlineData("no epoch")]
    [InlineData("no description")]
    [InlineData("limits that fall")]
    [InlineData("no sweep")]
    [InlineData("no key of a point")]
    public void A_message_without_its_parts_is_refused(string lack)
    {
        ToCoordinator message = lack switch
        {
            "no node" => new() { Built = new() { Epoch = Epoch } },
            "no body" => new() { Node = "a" },
            "no epoch" => new() { Node = "a", Built = new() },
            "no sweep" => new() { Node = "a", PointFailed = new() },
            "no key of a point" => new() { Node = "a", Points = new() { Run = 1, Results = { new PointResult() } } },
            "no description" => new() { Node = "a", Report = new() },
            _ => new() { Node = "a", Report = new() { Description = new() { Address = "a:1" }, Runs = { new HostedStatus { Epoch = Epoch, Limits = { 9, 5 } } } } },
        };
        Assert.Throws<MalformedMessageException>(() => Messages.ReadToCoordinator(message.ToByteArray()));
    }

    public static TheoryData<string, Action<NodeReport>> Unbelievable => new()
    {
        { "slots", r => r.Description.Slots = int.MaxValue },
        { "memory", r => r.Description.MemoryBytes = long.MaxValue },
        { "memory used", r => r.MemoryUsedBytes = -1 },
        { "no address", r => r.Description.Address = "nowhere" },
        { "a version without end", r => r.Description.Version = new string('1', 1000) },
        { "a step beyond any run", r => r.Runs[0].Step = 1L << 31 },
        { "fewer than no spikes", r => r.Runs[0].Spikes = -1 },
        { "ages of work", r => r.Runs[0].BusyMs = long.MaxValue },
        { "ages of waiting", r => r.Runs[0].WaitedMs.Add(long.MaxValue) },
        { "a shard younger than nothing", r => r.Runs[0].ShardBusyMs.Add(-1) },
        { "more runs than slots", r => r.Runs.Add(Enumerable.Repeat(r.Runs[0], Messages.MostSlots)) },
    };

    [Theory]
    [MemberData(nameof(Unbelievable))]
    public void Numbers_that_no_node_has_are_refused(string what, Action<NodeReport> change)
    {
        ToCoordinator message = FromNodes[0].Clone();
        change(message.Report);
        Assert.True(Record.Exception(() => Messages.ReadToCoordinator(message.ToByteArray())) is MalformedMessageException, what);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1.0)]
    public void Points_that_took_no_time_that_there_is_are_refused(double seconds)
    {
        ToCoordinator message = FromNodes[5].Clone();
        message.Points.Results[0].Seconds = seconds;
        Assert.Throws<MalformedMessageException>(() => Messages.ReadToCoordinator(message.ToByteArray()));
    }

    [Fact]
    public void Measures_of_one_name_are_refused()
    {
        ToCoordinator message = FromNodes[5].Clone();
        message.Points.Results[0].Measures.Add(message.Points.Results[0].Measures[0]);
        Assert.Throws<MalformedMessageException>(() => Messages.ReadToCoordinator(message.ToByteArray()));
    }

    [Fact]
    public void Points_without_their_network_or_threads_are_refused()
    {
        ToNode network = FromCoordinator[^1].Clone();
        network.Points.Network = null;
        ToNode threads = FromCoordinator[^1].Clone();
        threads.Points.Threads = 0;
        Assert.Throws<MalformedMessageException>(() => Messages.ReadToNode(network.ToByteArray()));
        Assert.Throws<MalformedMessageException>(() => Messages.ReadToNode(threads.ToByteArray()));
    }

    [Fact]
    public void Shards_that_overlap_or_leave_gaps_are_refused()
    {
        ToNode gap = FromCoordinator[0].Clone();
        gap.Build.Peers[1].FirstShard = 3;
        ToNode nobody = FromCoordinator[0].Clone();
        nobody.Build.Self = 2;
        Assert.Throws<MalformedMessageException>(() => Messages.ReadToNode(gap.ToByteArray()));
        Assert.Throws<MalformedMessageException>(() => Messages.ReadToNode(nobody.ToByteArray()));
    }

    private static bool IsReadOrRefused(byte[] bytes) => IsReadOrRefused(() => Messages.ReadToCoordinator(bytes)) && IsReadOrRefused(() => Messages.ReadToNode(bytes));

    private static bool IsReadOrRefused(Action read) => Record.Exception(read) is null or MalformedMessageException;

    private static byte[] Spliced(byte[] message, byte[] bytes, int at)
    {
        int place = (at & 0xFFFF) % (message.Length + 1);
        return [.. message[..place], .. bytes, .. message[Math.Min(message.Length, place + bytes.Length)..]];
    }
}
