using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Node.Cluster;
using BrainSim.Tests.ClusterSimulation;
using BrainSim.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Node.Cluster;

/// <summary>Whatever bytes a node is sent, it says in one word why it does not take them, and its runs come to the same bits.</summary>
public sealed class FrameAttackTests
{
    private static readonly TinyNetwork Spikes = TinyNetwork.All[0], Coupled = TinyNetwork.All[1];

    public static TheoryData<int, int> Layouts => new() { { 0, 1 }, { 0, 2 }, { 1, 1 }, { 1, 2 }, { 2, 3 } };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Two_nodes_come_to_the_bits_of_one_process(int network, int shards)
    {
        using PairOfNodes pair = new(TinyNetwork.All[network], shards);
        pair.Finish();
        CheckResults(TinyNetwork.All[network], pair);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Changed_cut_and_lengthened_frames_are_refused_and_change_nothing(int network)
    {
        Random random = TestSeed.Of(nameof(Changed_cut_and_lengthened_frames_are_refused_and_change_nothing));
        using PairOfNodes pair = new(TinyNetwork.All[network], 2)
        {
            Attack = (frame, node) =>
            {
                byte[] changed = [.. frame];
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                Assert.NotEqual(FrameRefusal.None, node.Hear(changed));
                for (int length = 0; length < frame.Length; length++)
                {
                    Assert.Equal(FrameRefusal.WrongLength, node.Hear(frame.AsSpan(..length)));
                }

                Assert.Equal(FrameRefusal.WrongLength, node.Hear((byte[])[.. frame, 0]));
            },
        };
        pair.Finish();
        CheckResults(TinyNetwork.All[network], pair);
    }

    [Fact]
    public void Frames_of_other_runs_epochs_and_senders_are_refused_and_change_nothing()
    {
        using PairOfNodes pair = new(Spikes, 2)
        {
            Attack = (frame, node) =>
            {
                _ = FrameHeader.Read(frame, out FrameHeader header);
                Assert.Equal(FrameRefusal.UnknownRun, node.Hear(Sealed(header with { Run = PairOfNodes.Run + 1 }, frame)));
                Assert.Equal(FrameRefusal.OtherEpoch, node.Hear(Sealed(header with { Epoch = PairOfNodes.Epoch - 1 }, frame)));
                Assert.Equal(FrameRefusal.OtherEpoch, node.Hear(Sealed(header with { Epoch = PairOfNodes.Epoch + 1 }, frame)));
                Assert.Equal(FrameRefusal.UnknownSender, node.Hear(Sealed(header with { Sender = 2 }, frame)));
                Assert.Equal(FrameRefusal.UnknownSender, node.Hear(Sealed(header with { Sender = -1 }, frame)));
                Assert.Equal(FrameRefusal.UnknownSender, node.Hear(Sealed(header with { Sender = 1 - header.Sender }, frame)));
                Assert.Equal(FrameRefusal.TooLong, node.Hear(Sealed(header with { BodyBytes = FrameHeader.MostBodyBytes + 1 }, frame)));
                Assert.Equal(FrameRefusal.Malformed, node.Hear(Sealed(header with { Kind = (FrameKind)3 }, frame)));
                Assert.Equal(FrameRefusal.Malformed, node.Hear(Sealed(header with { FirstStep = -1 }, frame)));
                Assert.Equal(FrameRefusal.Malformed, node.Hear(Sealed(header with { FirstStep = long.MaxValue }, frame)));
                Assert.Equal(FrameRefusal.Malformed, node.Hear(Sealed(header with { Steps = -1 }, frame)));
                Assert.Equal(FrameRefusal.Malformed, node.Hear(Sealed(header with { Steps = int.MaxValue }, frame)));
                Assert.Equal(FrameRefusal.Malformed, node.Hear(Sealed(header with { Count = int.MaxValue }, frame)));
            },
        };
        pair.Finish();
        CheckResults(Spikes, pair);
    }

    /// <summary>A frame is of the node that its header names, or of nobody: the way by which it came says whose it is.</summary>
    [Fact]
    public void A_node_that_speaks_for_another_is_refused_and_changes_nothing()
    {
        using PairOfNodes pair = new(Spikes, 2)
        {
            Attack = (frame, node) =>
            {
                Assert.Equal(FrameRefusal.UnknownSender, node.Hear(frame, "liar:1"));
                Assert.Equal(FrameRefusal.UnknownSender, node.Hear(frame, node.Address));
            },
        };
        pair.Finish();
        CheckResults(Spikes, pair);
    }

    [Fact]
    public void Frames_that_come_again_change_nothing()
    {
        List<(byte[] Frame, NodeLogic Node)> all = [];
        Random random = TestSeed.Of(nameof(Frames_that_come_again_change_nothing));
        using PairOfNodes pair = new(Spikes, 2)
        {
            Attack = (frame, node) =>
            {
                // A frame that is known already is answered by a receipt, so receipts must not bring such frames in their turn.
                if (frame[5] == (byte)FrameKind.Receipt)
                {
                    return;
                }

                all.Add((frame, node));
                foreach ((byte[] old, NodeLogic to) in all.SkipLast(1).Where(_ => random.Next(4) == 0))
                {
                    Assert.Equal(FrameRefusal.None, to.Hear(old));
                }
            },
        };
        pair.Finish();
        CheckResults(Spikes, pair);
    }

    /// <summary>A peer that seals what it changes cannot be told from a sound one by its bytes; it must not break this node all the same.</summary>
    [Fact]
    public void Nonsense_with_a_right_checksum_throws_nothing_and_is_kept_in_bounds()
    {
        Random random = TestSeed.Of(nameof(Nonsense_with_a_right_checksum_throws_nothing_and_is_kept_in_bounds));
        Dictionary<FrameRefusal, int> answers = [];
        for (int attempt = 0; attempt < 30; attempt++)
        {
            int frames = 0;
            using PairOfNodes pair = new(attempt % 2 == 0 ? Spikes : Coupled, 2)
            {
                Attack = (frame, node) =>
                {
                    frames++;
                    _ = FrameHeader.Read(frame, out FrameHeader header);
                    byte[] hostile = Changed(header, frame, random);
                    FrameRefusal answer = node.Hear(hostile);
                    answers[answer] = answers.GetValueOrDefault(answer) + 1;
                    node.Work();
                },
            };
            Assert.True(Record.Exception(pair.Finish) is null or Xunit.Sdk.XunitException, "something other than a refusal came of a frame");
            Assert.True(frames > 0);
        }

        Assert.True(answers.GetValueOrDefault(FrameRefusal.Malformed) > 0 && answers.GetValueOrDefault(FrameRefusal.None) > 0, "the attack did not get beyond the checksum");
    }

    /// <summary>The attacked run may come to nothing: whoever can seal frames can spoil it. The other one on the same nodes comes to its bits.</summary>
    [Fact]
    public void An_attack_on_one_run_leaves_the_others_as_they_are()
    {
        Random random = TestSeed.Of(nameof(An_attack_on_one_run_leaves_the_others_as_they_are));
        int hostile = 0;
        for (int attempt = 0; attempt < 10; attempt++)
        {
            using PairOfNodes pair = new(Spikes, 2, other: Coupled)
            {
                Spoilt = PairOfNodes.Run,
                Attack = (frame, node) =>
                {
                    _ = FrameHeader.Read(frame, out FrameHeader header);
                    for (int times = header.Run == PairOfNodes.Run ? 3 : 0; times > 0; times--, hostile++)
                    {
                        node.Hear(Changed(header, frame, random));
                    }
                },
            };
            pair.Finish();
            CheckResults(Coupled, pair, PairOfNodes.OtherRun);
        }

        Assert.True(hostile > 100, $"{hostile} hostile frames are no attack");
    }

    [Fact]
    public void Frames_from_a_far_future_wait_in_bounded_memory()
    {
        bool done = false;
        using PairOfNodes pair = new(Spikes, 1)
        {
            Attack = (frame, node) =>
            {
                _ = FrameHeader.Read(frame, out FrameHeader header);
                if (done || header.Kind != FrameKind.Spikes)
                {
                    return;
                }

                done = true;
                FrameRefusal[] answers = [.. Enumerable.Range(1, 100).Select(i => node.Hear(Sealed(header with { FirstStep = header.EndStep + i }, frame)))];
                Assert.Equal(8, answers.Count(a => a == FrameRefusal.None));
                Assert.Equal(92, answers.Count(a => a == FrameRefusal.TooMany));
            },
        };
        Assert.True(Record.Exception(pair.Finish) is Xunit.Sdk.XunitException, "the true frame is refused as one too many");
        Assert.True(done);
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        using PairOfNodes pair = new(Spikes, 1);
        Prop.ForAll<byte[]>(bytes => pair.Nodes[0].Hear(bytes) != FrameRefusal.None).Check(TestSeed.Config(2000));
        pair.Finish();
        CheckResults(Spikes, pair);
    }

    private static void CheckResults(TinyNetwork network, PairOfNodes pair, long run = PairOfNodes.Run)
    {
        (string? hash, byte[] last, byte[] recorded) = pair.Results(run);
        Assert.Equal(network.StateHash, hash);
        Assert.Equal(network.Last, last);
        Assert.Equal(network.Recorded, recorded);
    }

    private static byte[] Sealed(FrameHeader header, byte[] frame)
    {
        byte[] whole = [.. frame];
        header.Seal(whole);
        return whole;
    }

    /// <summary>Changes the body, its length or the header's numbers, and seals the whole.</summary>
    private static byte[] Changed(FrameHeader header, byte[] frame, Random random)
    {
        byte[] body = frame[FrameHeader.Bytes..];
        for (int times = random.Next(1, 4); times > 0 && body.Length > 0; times--)
        {
            body[random.Next(body.Length)] = (byte)random.Next(256);
        }

        body = random.Next(4) == 0 ? [.. body, .. new byte[random.Next(1, 5)]] : random.Next(4) == 0 ? body[..random.Next(body.Length + 1)] : body;
        int drawn = random.Next(6);
        FrameHeader changed = header with
        {
            BodyBytes = body.Length,
            Count = Math.Min(body.Length, drawn == 0 ? random.Next(100) : header.Count),
            Steps = drawn == 1 ? random.Next(1, 2000) : header.Steps,
            FirstStep = drawn == 2 ? header.FirstStep + random.Next(20) : header.FirstStep,
            Kind = drawn == 3 ? FrameKind.Receipt : header.Kind,
        };
        byte[] whole = [.. new byte[FrameHeader.Bytes], .. body];
        changed.Seal(whole);
        return whole;
    }
}
