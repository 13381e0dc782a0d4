using Xunit;

namespace BrainSim.Tests.Deploy;

/// <summary>Something in the manifests that does not fit the program, or another manifest.</summary>
/// <param name="About">One word for its kind.</param>
internal sealed record Finding(string About, string Where, string What)
{
    public static void AssertNone(IEnumerable<Finding> findings) => Assert.Equal("", string.Join('\n', findings.Select(f => $"{f.About}: {f.Where}: {f.What}")));
}
