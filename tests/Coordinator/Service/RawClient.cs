using System.Net.Sockets;
using System.Text;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>A client that does with its connection what no library would.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };

    public RawClient(TestCluster cluster, string bytes)
    {
        Uri address = new(cluster.Address);
        socket.Connect(address.Host, address.Port);
        socket.Send(Encoding.ASCII.GetBytes(bytes));
    }

    /// <summary>Something has come.</summary>
    public bool IsAnswered => socket.Available > 0;

    /// <summary>All that still comes, until the other side closes.</summary>
    public async Task<string> ReadToEnd()
    {
        StringBuilder text = new();
        byte[] piece = new byte[1 << 16];
        using CancellationTokenSource late = new(Brainsim.Patience);
        try
        {
            while (await socket.ReceiveAsync(piece, late.Token) is > 0 and var read)
            {
                text.Append(Encoding.ASCII.GetString(piece, 0, read));
            }
        }
        catch (SocketException)
        {
            // Closed without a word.
        }

        return text.ToString();
    }

    public void Dispose() => socket.Dispose();
}
