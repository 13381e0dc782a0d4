using System.Net.Security;
using BrainSim.Coordinator.Access;
using BrainSim.Node.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BrainSim.Coordinator.Service;

/// <summary>How the coordinator listens: by TLS where it has a certificate, with patience for slow clients that ends.</summary>
internal static class Listener
{
    public static void Configure(KestrelServerOptions kestrel, CoordinatorSecurity security, ServiceLimits limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.MostJsonBytes;
        kestrel.Limits.MaxConcurrentConnections = limits.MostConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.MostConnections;
        kestrel.Limits.KeepAliveTimeout = limits.PatienceBetween;
        kestrel.Limits.RequestHeadersTimeout = limits.PatienceForHead;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.LeastBytesPerSecond, limits.PatienceForBody);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(limits.LeastAnswerBytesPerSecond, limits.PatienceForBody);
        ConnectionsByAddress connections = new(limits.MostConnectionsOfOne);
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Use(next => connection => connections.Serve(connection, next));
            endpoint.Protocols = HttpProtocols.Http1; // Nobody needs more, and what is not there is not attacked.
            if (security.Identity is not null)
            {
                endpoint.UseHttps(new TlsHandshakeCallbackOptions { HandshakeTimeout = limits.PatienceForHead, OnConnection = _ => ValueTask.FromResult(Tls(security)) });
            }
        });
    }

    /// <summary>Made anew for every connection, so that files which were replaced count from then on. People show no certificate; whoever shows one must show a good one.</summary>
    private static SslServerAuthenticationOptions Tls(CoordinatorSecurity security) => new()
    {
        ServerCertificateContext = security.Identity!.Now, EnabledSslProtocols = LinkSecurity.TlsVersions, ClientCertificateRequired = security.NodeAuthorities is not null,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => certificate is null || security.NodeAuthorities is null || security.NodeAuthorities.AcceptClient(certificate, chain),
    };
}
