using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using BrainSim.Contracts;

namespace BrainSim.Node.Tls;

/// <summary>How a process comes in at a coordinator.</summary>
/// <param name="Token">Asked before every request, so that a token can be replaced while the process lives; gives null for none.</param>
/// <param name="Authorities">Who certifies the coordinator; null for those that the system trusts.</param>
/// <param name="Identity">What the process shows of itself; null for nothing.</param>
public sealed record CoordinatorAccess(Uri Address, Func<string?> Token, TrustedAuthorities? Authorities = null, CertificateIdentity? Identity = null)
{
    private const string Scheme = "Bearer";

    /// <summary>Sooner than a coordinator closes them, so that no request is begun on one that is just being closed.</summary>
    private static readonly TimeSpan IdleConnections = TimeSpan.FromSeconds(10);

    /// <summary>As whom the process comes; null where it is no node.</summary>
    public NodeName? Node { get; init; }

    public HttpMessageHandler Handler(TimeSpan patienceToConnect)
    {
        SocketsHttpHandler sockets = new() { ConnectTimeout = patienceToConnect, PooledConnectionIdleTimeout = IdleConnections };
        sockets.SslOptions.RemoteCertificateValidationCallback = Validation;
        sockets.SslOptions.LocalCertificateSelectionCallback = Identity is null ? null : (_, _, _, _, _) => Identity.Now.TargetCertificate;
        return new Bearer(this, sockets);
    }

    public void Apply(ClientWebSocketOptions options)
    {
        if (Token() is { } token)
        {
            options.SetRequestHeader("Authorization", $"{Scheme} {token}");
        }

        if (Node is not null)
        {
            options.SetRequestHeader(NodeName.Header, Node.HeaderValue);
        }

        options.RemoteCertificateValidationCallback = Validation;
        if (Identity is not null)
        {
            options.ClientCertificates = [Identity.Now.TargetCertificate];
        }
    }

    private RemoteCertificateValidationCallback? Validation => Authorities is null ? null : (_, certificate, chain, errors) => Authorities.AcceptServer(certificate, chain, errors);

    private sealed class Bearer(CoordinatorAccess access, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellation) => base.Send(WithWho(request), cancellation);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) => base.SendAsync(WithWho(request), cancellation);

        private HttpRequestMessage WithWho(HttpRequestMessage request)
        {
            request.Headers.Authorization = access.Token() is { } token ? new AuthenticationHeaderValue(Scheme, token) : null;
            if (access.Node is { } node)
            {
                request.Headers.Add(NodeName.Header, node.HeaderValue);
            }

            return request;
        }
    }
}
