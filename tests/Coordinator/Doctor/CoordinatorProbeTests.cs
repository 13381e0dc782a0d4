using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BrainSim.Coordinator.Doctor;
using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator.Doctor;

/// <summary>Every way in which a coordinator is reached or not, over real sockets.</summary>
public sealed class CoordinatorProbeTests
{
    [Fact]
    public async Task ACoordinatorThatAnswersIsReachedAndItsClockCompared()
    {
        await using TestCluster cluster = await TestCluster.Start();
        CoordinatorFacts found = await Ask(cluster.Address);
        Assert.Equal((Reach.Answers, 0), (found.Reach, found.Nodes.Count));
        Assert.InRange(found.ClockAhead!.Value.TotalSeconds, -5, 5);
        Assert.Null(found.Certificate);
    }

    [Theory]
    [InlineData("somewhere", nameof(Reach.NoAddress))]
    [InlineData("http://127.0.0.1:1", nameof(Reach.Refused))]
    [InlineData("http://no-such-host.invalid:7411", nameof(Reach.NameUnknown))]
    public async Task WhoCannotBeReachedIsToldApart(string address, string reach) => Assert.Equal(reach, (await Ask(address)).Reach.ToString());

    [Theory]
    [InlineData("401 Unauthorized", nameof(Reach.TokenRefused))]
    [InlineData("403 Forbidden", nameof(Reach.RoleTooLow))]
    [InlineData("404 Not Found", nameof(Reach.OtherAnswer))]
    [InlineData("200 OK", nameof(Reach.OtherAnswer))]
    public async Task AnswersAreToldApart(string status, string reach)
    {
        TaskCompletionSource<string> asked = new();
        string address = Serve(async stream => asked.SetResult(await Answer(stream, status)));
        Assert.Equal(reach, (await Ask($"http://{address}", "a-token")).Reach.ToString());
        Assert.Contains("Authorization: Bearer a-token", await asked.Task.WaitAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACertificateOfAnUnknownAuthorityIsShownAndNotTrustedUntilItIsNamed()
    {
        using X509Certificate2 certificate = SelfSigned();
        string Tls() => $"https://{Serve(async stream =>
        {
            using SslStream secure = new(stream);
            await secure.AuthenticateAsServerAsync(certificate);
            await Answer(secure, "200 OK", "[]");
        })}";
        CoordinatorFacts stranger = await Ask(Tls());
        Assert.Equal((Reach.TlsFailed, "CN=127.0.0.1"), (stranger.Reach, stranger.Certificate!.Subject));
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), stranger.Certificate.To.UtcDateTime);
        Assert.Equal(Reach.Answers, (await Ask(Tls(), trusted: certificate)).Reach);
    }

    private static Task<CoordinatorFacts> Ask(string address, string? token = null, X509Certificate2? trusted = null) =>
        new CoordinatorProbe(address, token, trusted is null ? [] : [trusted], TimeProvider.System).Ask();

    /// <summary>Serves one connection.</summary>
    private static string Serve(Func<Stream, Task> serve)
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            using (listener)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                await serve(client.GetStream());
            }
        });
        return listener.LocalEndpoint.ToString()!;
    }

    private static async Task<string> Answer(Stream stream, string status, string body = "{}")
    {
        byte[] asked = new byte[4096];
        int read = await stream.ReadAsync(asked);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        return Encoding.ASCII.GetString(asked, 0, read);
    }

    private static X509Certificate2 SelfSigned()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
