using System.Net;
using Microsoft.AspNetCore.Connections;

namespace BrainSim.Coordinator.Service;

/// <summary>Serves so many connections of one address at once, so that no machine can take all that there are; one more is closed. Any thread may use it.</summary>
internal sealed class ConnectionsByAddress(int most)
{
    private readonly Dictionary<IPAddress, int> open = [];

    public async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        IPAddress from = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!Enter(from))
        {
            connection.Abort(new ConnectionAbortedException($"{most:N0} connections of {from} are open, the most of one address"));
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(from);
        }
    }

    private bool Enter(IPAddress from)
    {
        lock (open)
        {
            int now = open.GetValueOrDefault(from);
            open[from] = Math.Min(now + 1, most);
            return now < most;
        }
    }

    private void Leave(IPAddress from)
    {
        lock (open)
        {
            if (--open[from] == 0)
            {
                open.Remove(from);
            }
        }
    }
}
