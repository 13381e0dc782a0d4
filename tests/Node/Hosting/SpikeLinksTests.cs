using System.Net;
using System.Net.Sockets;
using System.Text;
using BrainSim.Contracts.Frames;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

/// <summary>Connections that strangers open to a node.</summary>
public sealed class SpikeLinksTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<string> senders = [];
    private readonly SpikeLinks links;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public SpikeLinksTests()
    {
        links = new SpikeLinks("127.0.0.1:2", (_, from) => senders.Add(from), NullLogger.Instance, null);
        listener.Start();
    }

    public void Dispose()
    {
        links.Dispose();
        listener.Dispose();
    }

    [Fact]
    public async Task WhatGreetingsHaveMadeGoesWithTheirConnections()
    {
        List<(Socket Client, Task Served)> guests = [.. Enumerable.Range(1, 50).Select(port => Connect(Greeting($"10.0.0.1:{port}")))];
        (Socket again, Task served) = Connect(Greeting("10.0.0.1:1"));
        Assert.True(SpinWait.SpinUntil(() => links.Count == 50, Patience), $"{links.Count} links");
        foreach ((Socket client, Task end) in guests.Skip(1))
        {
            await Leave(client, end);
        }

        Assert.Equal(1, links.Count);
        await Leave(guests[0].Client, guests[0].Served);
        await Leave(again, served);
        Assert.Equal(0, links.Count);
        links.Send("127.0.0.1:1", []);
        (Socket peer, Task peerServed) = Connect(Greeting("127.0.0.1:1"));
        await Leave(peer, peerServed);
        Assert.Equal(1, links.Count);
    }

    [Fact]
    public async Task WhoDoesNotGreetIsNotWaitedFor()
    {
        (Socket client, Task served) = Connect("BSIML"u8.ToArray());
        await served.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, links.Count);
        client.Dispose();
    }

    [Fact]
    public async Task WhateverAGreetingClaimsOnlyAddressesMakeLinks()
    {
        Gen<string> text = Gen.Elements("ab01.:-[]/\\\n\0 %é".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        foreach (string claim in text.Samples(200).Concat(["", ":1", "a:", "a:0", "a:65536", "a:+1", "a b:1", "a\n:1", "../x:1", new string('a', 300) + ":1"]))
        {
            (Socket client, Task served) = Connect(Greeting(claim));
            await Leave(client, served);
            Assert.Equal(0, links.Count);
        }
    }

    /// <summary>Whatever a frame says of its sender, it is of the node that has greeted.</summary>
    [Fact]
    public async Task AFrameIsOfTheNodeWhoseConnectionItComesBy()
    {
        FrameBuffer receipt = new();
        receipt.Seal(FrameKind.Receipt, 1, 1, sender: 5, 0, 0, 0);
        (Socket client, Task served) = Connect([.. Greeting("10.0.0.1:1"), .. receipt.Frame.ToArray()]);
        client.Shutdown(SocketShutdown.Send);
        await served.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["10.0.0.1:1"], senders);
        client.Dispose();
    }

    private static async Task Leave(Socket client, Task served)
    {
        client.Dispose();
        await served.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>The task ends when the node has done with the connection.</summary>
    private (Socket Client, Task Served) Connect(byte[] bytes)
    {
        Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndpoint);
        SpikeConnection connection = new(listener.AcceptSocket());
        client.Send(bytes);
        TaskCompletionSource served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            links.Serve(connection, "test");
            connection.Dispose();
            served.SetResult();
        }) { IsBackground = true }.Start();
        return (client, served.Task);
    }

    private static byte[] Greeting(string address)
    {
        byte[] text = Encoding.UTF8.GetBytes(address);
        return [.. "BSIMLINK"u8, 2, 0, (byte)text.Length, .. text];
    }
}
