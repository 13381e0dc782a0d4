using BrainSim.Engine.Units;
using BrainSim.Node.Hosting;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

public sealed class AdvertisedAddressTests
{
    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7:5")]
    [InlineData("10.0.0.7:7412", "10.0.0.7:7412")]
    [InlineData("brainsim-node-0.brainsim-node.brainsim.svc:65535", "brainsim-node-0.brainsim-node.brainsim.svc:65535")]
    [InlineData("[fe80::1]", "[fe80::1]:5")]
    [InlineData("[fe80::1]:1", "[fe80::1]:1")]
    public void HostAndPortAreTakenAsTheyAreWritten(string text, string at5) => Assert.Equal(at5, AdvertisedAddress.Parse(text).At(5));

    [Theory]
    [InlineData("")]
    [InlineData(":7412")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("host:x")]
    [InlineData("http://host:7412")]
    [InlineData("a b")]
    [InlineData("0.0.0.0:7412")]
    [InlineData("[::]:7412")]
    [InlineData("fe80::1")]
    public void WhatNamesNoMachineIsRefused(string text) =>
        Assert.Contains("write HOST or HOST:PORT", Assert.Throws<UserMistakeException>(() => AdvertisedAddress.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void WhatTheGreetingCannotHoldIsRefused() => Assert.Throws<UserMistakeException>(() => AdvertisedAddress.Parse(string.Join('.', Enumerable.Repeat("abcdefg", 31))));
}
