using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace BrainSim.Node.Hosting;

/// <summary>
/// One connection between two nodes. Reads and writes block: a thread that waits in the kernel goes on sooner than one that a thread pool has to be told of, and windows
/// last no longer than such a detour.
/// </summary>
internal sealed class SpikeConnection : IDisposable
{
    /// <summary>What the kernel takes at once where it takes anything: a third of what it holds for a connection.</summary>
    private const int SmallFrame = 64 << 10, KernelBytes = 512 << 10;

    /// <summary>Longer than any wait that a run survives.</summary>
    private const int PatienceMs = 10_000;

    /// <summary>Linux' TCP_USER_TIMEOUT: a connection ends when what was sent is not owned up to for so long.</summary>
    private const int TcpLevel = 6, TcpUserTimeout = 18;

    private readonly Socket socket;
    private Stream stream;

    public SpikeConnection(Socket socket)
    {
        this.socket = socket;
        socket.NoDelay = true;
        socket.SendBufferSize = KernelBytes;
        socket.SendTimeout = PatienceMs;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes(PatienceMs));
        }

        stream = new NetworkStream(socket, ownsSocket: true);
        Input = new FrameReader(stream);
    }

    public FrameReader Input { get; private set; }

    /// <summary>Of the other end; null in clear.</summary>
    public X509Certificate2? Certificate => (stream as SslStream)?.RemoteCertificate as X509Certificate2;

    /// <summary>Goes on by TLS, as the end that was called. To be done before anything is read or written.</summary>
    /// <exception cref="AuthenticationException">The other end is somebody else.</exception>
    public void Secure(SslServerAuthenticationOptions called) => Secure(secure => secure.AuthenticateAsServer(called));

    /// <summary>The same, as the end that calls.</summary>
    public void Secure(SslClientAuthenticationOptions caller) => Secure(secure => secure.AuthenticateAsClient(caller));

    private void Secure(Action<SslStream> shakeHands)
    {
        SslStream secure = new(stream);
        stream = secure;
        shakeHands(secure);
        Input = new FrameReader(secure);
    }

    /// <summary>Something can be read without waiting, or the connection has ended.</summary>
    public bool IsReadable => socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Writes a frame where that surely takes no time.</summary>
    public bool TryWrite(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > SmallFrame || !socket.Poll(0, SelectMode.SelectWrite))
        {
            return false;
        }

        stream.Write(frame);
        return true;
    }

    public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    public void Dispose() => stream.Dispose();

    /// <summary>What a connection throws that has broken, or was ended.</summary>
    public static bool IsBroken(Exception problem) => problem is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException;
}
