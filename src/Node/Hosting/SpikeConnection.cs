using System.Net;
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
    /// <summary>What the kernel takes at once where it takes anything, a third of what it holds for a connection; and what a write takes of that at least.</summary>
    private const int KernelTakes = 64 << 10, LeastTaken = 4 << 10, KernelBytes = 512 << 10;

    /// <summary>Longer than any wait that a run survives.</summary>
    private const int PatienceMs = 10_000;

    /// <summary>Makes a look at memory take as long as one at a connection.</summary>
    private const int MemoryLook = 10;

    /// <summary>Linux' TCP_USER_TIMEOUT: a connection ends when what was sent is not owned up to for so long.</summary>
    private const int TcpLevel = 6, TcpUserTimeout = 18;

    private readonly Socket socket;
    private Stream stream;
    private SharedStream? shared;

    /// <summary>Bytes that the kernel surely takes, by what it said last: asking costs as much as writing.</summary>
    private int room;

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

    public bool SharesMemory => shared is not null;

    /// <summary>Both ends seem to be processes of one machine.</summary>
    public bool IsWithinMachine => socket is { LocalEndPoint: IPEndPoint here, RemoteEndPoint: IPEndPoint there } && here.Address.Equals(there.Address);

    /// <summary>Goes on through memory where both ends can have it, as the end that was called: it makes the memory and says its name, and the caller says whether it has it.</summary>
    public void ShareAsCalled()
    {
        byte[] name = new byte[SharedMemory.NameBytes];
        SharedMemory? memory = IsWithinMachine ? SharedMemory.Make(out name) : null;
        try
        {
            Write([memory is null ? (byte)0 : (byte)1, .. name]);
            if (Input.Take(1) is [1] && memory is not null)
            {
                Use(memory.ToMaker, memory.FromMaker);
            }
        }
        finally
        {
            SharedMemory.Forget(name);
        }
    }

    /// <summary>The same, as the end that calls.</summary>
    public void ShareAsCaller()
    {
        ReadOnlySpan<byte> answer = Input.Take(1 + SharedMemory.NameBytes);
        SharedMemory? memory = answer is [1, .. var name] ? SharedMemory.Open(name) : null;
        Write([memory is null ? (byte)0 : (byte)1]);
        if (memory is not null)
        {
            Use(memory.FromMaker, memory.ToMaker);
        }
    }

    private void Use(SharedRing input, SharedRing output)
    {
        shared = new SharedStream(stream, input, output, TimeSpan.FromMilliseconds(PatienceMs));
        Input = new FrameReader(shared);
    }

    private void Secure(Action<SslStream> shakeHands)
    {
        SslStream secure = new(stream);
        stream = secure;
        shakeHands(secure);
        Input = new FrameReader(secure);
    }

    /// <summary>Something can be read without waiting, or the connection has ended.</summary>
    public bool IsReadable
    {
        get
        {
            if (shared is null)
            {
                return socket.Poll(0, SelectMode.SelectRead);
            }

            Thread.SpinWait(MemoryLook);
            return shared.IsReadable;
        }
    }

    /// <summary>Writes where that surely takes no time. One thread at a time.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (shared is not null)
        {
            return shared.TryWrite(bytes);
        }

        int taken = Math.Max(bytes.Length, LeastTaken);
        if (taken > room)
        {
            room = socket.Poll(0, SelectMode.SelectWrite) ? KernelTakes : 0;
        }

        if (taken > room)
        {
            return false;
        }

        room -= taken;
        stream.Write(bytes);
        return true;
    }

    public void Write(ReadOnlySpan<byte> bytes) => (shared ?? stream).Write(bytes);

    public void Dispose() => (shared ?? stream).Dispose();

    /// <summary>What a connection throws that has broken, or was ended.</summary>
    public static bool IsBroken(Exception problem) => problem is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException;
}
