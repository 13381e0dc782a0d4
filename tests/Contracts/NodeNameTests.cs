using BrainSim.Contracts;
using Xunit;

namespace BrainSim.Tests.Contracts;

/// <summary>Nobody proves a name but the process that drew it.</summary>
public sealed class NodeNameTests
{
    [Fact]
    public void AProcessProvesItsOwnNameAndNoOther()
    {
        NodeName own = NodeName.Draw("node-1.lab"), other = NodeName.Draw("node-1.lab");
        Assert.StartsWith("node-1.lab-", own.Text, StringComparison.Ordinal);
        Assert.NotEqual(own.Text, other.Text);
        Assert.Equal(own.Text, NodeName.Proven(own.HeaderValue));
        Assert.Null(NodeName.Proven($"{own.Text} {other.Key}"));
        Assert.DoesNotContain(own.Key, $"{own}", StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoProofProvesNothing()
    {
        NodeName own = NodeName.Draw("a");
        Assert.All((string?[])[null, "", own.Text, $"{own.Text} ", $"{own.Text} {own.Key} x", $" {own.Key}", $"{own.Text} {own.Key[1..]}", $"{new string('a', 500)}{own.HeaderValue}"], header => Assert.Null(NodeName.Proven(header)));
    }

    [Fact]
    public void WhateverAHostIsCalledItsNodesHaveNamesThatAHeaderCarries() =>
        Assert.All((string[])["", "ü b", "x y\n", new string('h', 300)], host => Assert.All(NodeName.Draw(host) is var name && NodeName.Proven(name.HeaderValue) == name.Text ? name.HeaderValue : "\0", c => Assert.InRange(c, ' ', '~')));
}
