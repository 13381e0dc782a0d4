using System.Net;
using System.Net.Sockets;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Hosting;

/// <summary>Takes the connections that other nodes open, each on a thread of its own.</summary>
internal sealed class SpikeListener : IDisposable
{
    /// <summary>Connections at once; more are closed as they come.</summary>
    private const int MostConnections = 1024;

    /// <summary>Before the next try, where none could be taken: no file handles, say.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket listener;
    private readonly HashSet<SpikeConnection> open = [];
    private readonly ManualResetEventSlim over = new();

    /// <exception cref="UserMistakeException">The address cannot be listened to.</exception>
    public SpikeListener(IPEndPoint at)
    {
        listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(at);
            listener.Listen();
        }
        catch (SocketException problem)
        {
            listener.Dispose();
            throw new UserMistakeException(new Place("--listen", 0, 0, at.ToString()), $"cannot be listened to: {problem.Message.TrimEnd('.')}; name another address or port.");
        }
    }

    /// <summary>With the port that was chosen.</summary>
    public IPEndPoint Address => (IPEndPoint)listener.LocalEndPoint!;

    /// <param name="serve">Given a connection and where it comes from; it is closed when this returns.</param>
    public void Begin(Action<SpikeConnection, string> serve) => new Thread(() => Accept(serve)) { IsBackground = true, Name = "listener" }.Start();

    public void Dispose()
    {
        lock (open)
        {
            over.Set();
            listener.Dispose();
            foreach (SpikeConnection connection in open)
            {
                connection.Dispose();
            }
        }
    }

    private void Accept(Action<SpikeConnection, string> serve)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = listener.Accept();
            }
            catch (Exception problem) when (SpikeConnection.IsBroken(problem))
            {
                if (over.Wait(Pause))
                {
                    return;
                }

                continue;
            }

            new Thread(() => Serve(socket, serve)) { IsBackground = true, Name = "spikes in" }.Start();
        }
    }

    private void Serve(Socket socket, Action<SpikeConnection, string> serve)
    {
        try
        {
            using SpikeConnection connection = new(socket);
            if (!Enter(connection))
            {
                return;
            }

            try
            {
                serve(connection, socket.RemoteEndPoint?.ToString() ?? "");
            }
            finally
            {
                Leave(connection);
            }
        }
        catch (Exception problem) when (SpikeConnection.IsBroken(problem))
        {
            // The other node has gone, or this one ends.
        }
    }

    private bool Enter(SpikeConnection connection)
    {
        lock (open)
        {
            return !over.IsSet && open.Count < MostConnections && open.Add(connection);
        }
    }

    private void Leave(SpikeConnection connection)
    {
        lock (open)
        {
            open.Remove(connection);
        }
    }
}
