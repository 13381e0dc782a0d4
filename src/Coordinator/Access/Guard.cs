using System.Security.Cryptography.X509Certificates;
using BrainSim.Contracts;
using BrainSim.Node.Tls;
using Microsoft.AspNetCore.Http;

namespace BrainSim.Coordinator.Access;

/// <summary>Says who may do what. Any thread may use it.</summary>
internal sealed class Guard(CoordinatorSecurity security)
{
    private const string Scheme = "Bearer ";

    /// <summary>Who asks, by the name of the token; empty where no tokens are used.</summary>
    /// <exception cref="AccessException">That one may not.</exception>
    public string Check(HttpContext context, Needed needed)
    {
        CheckPage(context.Request);
        if (needed.IsNothing)
        {
            return "";
        }

        string name = "";
        if (security.Tokens is { } tokens)
        {
            AccessToken token = tokens.Find(Presented(context.Request));
            name = token.Name;
            if (!needed.IsMetBy(token.Role))
            {
                throw AccessException.NotAllowed($"the token '{name}' has the role {token.Role.Word()}, and {context.Request.Method} {context.Request.Path} needs {needed}");
            }
        }

        if (needed.IsNode)
        {
            _ = NodeOf(context);
        }

        return needed.IsNode && security.NodeAuthorities is not null && context.Connection.ClientCertificate is null
            ? throw AccessException.NotAllowed("a node must show a certificate here; give it --certificate, --key and --ca")
            : name;
    }

    /// <summary>The node that asks, by the name that it proves.</summary>
    /// <exception cref="AccessException">It proves none.</exception>
    public static string NodeOf(HttpContext context) => NodeName.Proven(context.Request.Headers[NodeName.Header])
        ?? throw AccessException.NotAllowed($"a node must prove its name here, by the header {NodeName.Header}; run the same version of brainsim everywhere");

    /// <exception cref="AccessException">A node says that it is reached where its certificate does not say so.</exception>
    public void CheckAddress(HttpContext context, string address)
    {
        if (security.NodeAuthorities is not null && context.Connection.ClientCertificate is { } certificate && !Certificates.Names(certificate, address))
        {
            throw AccessException.NotAllowed($"a node says that it is reached at {address}, which its certificate ({certificate.GetNameInfo(X509NameType.SimpleName, false)}) does not name");
        }
    }

    /// <summary>
    /// A page that a browser shows can send requests wherever that browser's machine reaches. What comes from a page of elsewhere says so; a page whose name its owner has pointed to this
    /// machine calls the coordinator by that name, and where no token is asked for only names of this machine are answered.
    /// </summary>
    private void CheckPage(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            throw AccessException.NotAllowed($"pages of other sites may not use this coordinator, and this request comes from one of '{origin}'");
        }

        if (security.Tokens is null && !Loopback.Is(request.Host.Host))
        {
            throw AccessException.OtherHost($"without tokens this coordinator is called localhost, or by an address of loopback, and not '{request.Host}'; give it --tokens to call it otherwise");
        }
    }

    private static string? Presented(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
}
