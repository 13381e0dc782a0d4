using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using BrainSim.Contracts.Api;

namespace BrainSim.Coordinator.Doctor;

/// <summary>Asks a coordinator once, and finds out how far the question came.</summary>
/// <param name="token">Null for none.</param>
/// <param name="authorities">Trusted for its certificate; empty for those of this machine.</param>
internal sealed class CoordinatorProbe(string address, string? token, X509Certificate2Collection authorities, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private CertificateFacts? shown;

    public async Task<CoordinatorFacts> Ask()
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            return Failed(Reach.NoAddress, "");
        }

        using HttpClient http = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = Trusts } }) { BaseAddress = uri, Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using HttpResponseMessage answer = await http.GetAsync("api/v1/nodes");
            return await Read(answer);
        }
        catch (HttpRequestException problem)
        {
            return Failed(ReachOf(problem), (problem.InnerException ?? problem).Message.TrimEnd('.'));
        }
        catch (OperationCanceledException)
        {
            return Failed(Reach.Silent, "");
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException or IOException)
        {
            return Failed(Reach.OtherAnswer, problem.Message.TrimEnd('.'));
        }
    }

    private async Task<CoordinatorFacts> Read(HttpResponseMessage answer)
    {
        TimeSpan? ahead = answer.Headers.Date - clock.GetUtcNow();
        string said = $"it says {(int)answer.StatusCode} {answer.ReasonPhrase}";
        Reach reach = answer.StatusCode switch
        {
            HttpStatusCode.OK => Reach.Answers,
            HttpStatusCode.Unauthorized => Reach.TokenRefused,
            HttpStatusCode.Forbidden => Reach.RoleTooLow,
            _ => Reach.OtherAnswer,
        };
        string[] nodes = reach == Reach.Answers ? [.. (await answer.Content.ReadFromJsonAsync(ApiJson.Default.NodeViewArray))!.Select(node => node.Version)] : [];
        return new CoordinatorFacts(address, reach, said, ahead, shown, nodes);
    }

    private static Reach ReachOf(HttpRequestException problem) => problem switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } => Reach.NameUnknown,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => Reach.TlsFailed,
        { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable } } => Reach.Silent,
        { HttpRequestError: HttpRequestError.ConnectionError } => Reach.Refused,
        _ => Reach.OtherAnswer,
    };

    /// <summary>Keeps what was shown, whether or not it is trusted.</summary>
    private bool Trusts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 theirs)
        {
            return false;
        }

        shown = ThisMachine.About("the coordinator's own", theirs);
        if (authorities.Count == 0 || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return errors == SslPolicyErrors.None;
        }

        using X509Chain own = new();
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.ExtraStore.AddRange(chain?.ChainElements.Select(element => element.Certificate).ToArray() ?? []);
        return own.Build(theirs);
    }

    private CoordinatorFacts Failed(Reach reach, string detail) => new(address, reach, detail, null, shown, []);
}
