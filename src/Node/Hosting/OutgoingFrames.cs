using BrainSim.Node.Cluster;

namespace BrainSim.Node.Hosting;

/// <summary>Puts frames together that go to one node at the same time, so that one system call sends them. One thread.</summary>
internal sealed class OutgoingFrames
{
    private readonly byte[] together = new byte[64 << 10];

    /// <summary>A frame, and those that follow it to the same node as far as they are small.</summary>
    /// <param name="at">The place of <paramref name="first"/> among the effects; afterwards that of the last frame taken.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Join(SendFrame first, IReadOnlyList<NodeEffect> effects, ref int at)
    {
        int bytes = first.Frame.Length;
        if (Follower(first, effects, at, bytes) is null)
        {
            return first.Frame.Span;
        }

        first.Frame.Span.CopyTo(together);
        while (Follower(first, effects, at, bytes) is { } next)
        {
            next.Frame.Span.CopyTo(together.AsSpan(bytes));
            bytes += next.Frame.Length;
            at++;
        }

        return together.AsSpan(0, bytes);
    }

    private SendFrame? Follower(SendFrame first, IReadOnlyList<NodeEffect> effects, int at, int bytes) =>
        at + 1 < effects.Count && effects[at + 1] is SendFrame next && next.Address == first.Address && bytes + next.Frame.Length <= together.Length ? next : null;
}
