using System.IO.Pipelines;
using System.Text;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

/// <summary>Connections that strangers open to a node.</summary>
public sealed class SpikeLinksTests
{
    [Fact]
    public async Task WhatGreetingsHaveMadeGoesWithTheirConnections()
    {
        await using SpikeLinks links = Links();
        List<(Pipe Client, Task Served)> guests = [.. Enumerable.Range(1, 500).Select(port => Connect(links, Greeting($"10.0.0.1:{port}")))];
        (Pipe again, Task served) = Connect(links, Greeting("10.0.0.1:1"));
        Assert.Equal(500, links.Count);
        foreach ((Pipe client, Task end) in guests)
        {
            await client.Writer.CompleteAsync();
            await end.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, links.Count);
        await again.Writer.CompleteAsync();
        await served;
        Assert.Equal(0, links.Count);
        links.Send("127.0.0.1:1", []);
        (Pipe peer, Task peerServed) = Connect(links, Greeting("127.0.0.1:1"));
        await peer.Writer.CompleteAsync();
        await peerServed;
        Assert.Equal(1, links.Count);
    }

    [Fact]
    public async Task WhoDoesNotGreetIsNotWaitedFor()
    {
        await using SpikeLinks links = Links();
        (_, Task served) = Connect(links, "BSIML"u8.ToArray());
        await served.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(0, links.Count);
    }

    [Fact]
    public async Task WhateverAGreetingClaimsOnlyAddressesMakeLinks()
    {
        await using SpikeLinks links = Links();
        Gen<string> text = Gen.Elements("ab01.:-[]/\\\n\0 %é".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        foreach (string claim in text.Samples(200).Concat(["", ":1", "a:", "a:0", "a:65536", "a:+1", "a b:1", "a\n:1", "../x:1", new string('a', 300) + ":1"]))
        {
            (Pipe client, Task served) = Connect(links, Greeting(claim));
            await client.Writer.CompleteAsync();
            await served.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.Equal(0, links.Count);
        }
    }

    private static SpikeLinks Links() => new("127.0.0.1:2", frame =>
    {
        frame.Return();
        return ValueTask.CompletedTask;
    }, NullLogger.Instance, null);

    private static (Pipe Client, Task Served) Connect(SpikeLinks links, byte[] bytes)
    {
        Pipe toNode = new(), fromNode = new();
        toNode.Writer.WriteAsync(bytes).GetAwaiter().GetResult();
        return (toNode, links.Serve(new DefaultConnectionContext("test", new Duplex(toNode.Reader, fromNode.Writer), new Duplex(fromNode.Reader, toNode.Writer))));
    }

    private static byte[] Greeting(string address)
    {
        byte[] text = Encoding.UTF8.GetBytes(address);
        return [.. "BSIMLINK"u8, 1, (byte)text.Length, .. text];
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
