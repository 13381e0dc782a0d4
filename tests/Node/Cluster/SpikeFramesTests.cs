using BrainSim.Contracts.Frames;
using BrainSim.Engine.Units;
using BrainSim.Node.Cluster;
using Xunit;

namespace BrainSim.Tests.Node.Cluster;

public sealed class SpikeFramesTests
{
    /// <summary>Of 1,000 neurons in 3 populations, one step's spikes take at most 2,016 bytes.</summary>
    [Fact]
    public void What_couplings_read_must_fit_into_a_frame_beside_the_spikes_of_a_step()
    {
        const long most = FrameHeader.MostBodyBytes - 2016;
        SpikeFrames.Check(most, neurons: 1000, populations: 3);
        UserMistakeException refused = Assert.Throws<UserMistakeException>(() => SpikeFrames.Check(most + 1, neurons: 1000, populations: 3));
        Assert.Equal("--shards: couplings read 67.1 MB from one node in every step, where a frame between nodes holds 67.1; run the network on one node, or on more.", refused.Message);
    }
}
