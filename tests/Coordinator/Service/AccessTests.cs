using System.Net;
using System.Net.Http.Headers;
using System.Text;
using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.Units;
using BrainSim.Tests.Coordinator.Access;
using BrainSim.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>Who may do what at a coordinator that asks for tokens.</summary>
public sealed class AccessTests : IDisposable
{
    private static readonly string[] Everybody = ["reader", "submitter", "node", "expired", "wrong", "nobody"];

    /// <summary>Every request, and who may make it; whatever follows once it is let in.</summary>
    private static readonly (string Method, string Path, string[] Allowed)[] Requests =
    [
        ("GET", "healthz", Everybody), ("GET", "readyz", Everybody),
        ("GET", "openapi/v1.json", ["reader", "submitter"]),
        ("GET", "api/v1/runs", ["reader", "submitter"]), ("GET", "api/v1/runs/1", ["reader", "submitter"]), ("GET", "api/v1/runs/1/logs", ["reader", "submitter"]),
        ("GET", "api/v1/runs/1/events", ["reader", "submitter"]), ("GET", "api/v1/runs/1/results", ["reader", "submitter"]),
        ("GET", "api/v1/runs/1/results/x", ["reader", "submitter"]), ("GET", "api/v1/runs/1/bundle", ["reader", "submitter"]), ("GET", "metrics", ["reader", "submitter"]), ("GET", "api/v1/nodes", ["reader", "submitter"]),
        ("POST", "api/v1/runs", ["submitter"]), ("POST", "api/v1/runs/1/cancel", ["submitter"]), ("POST", "api/v1/blobs/missing", ["submitter"]),
        ("PUT", $"api/v1/blobs/{new string('a', 64)}", ["submitter"]), ("GET", $"api/v1/blobs/{new string('a', 64)}", ["submitter", "node"]),
        ("DELETE", "api/v1/runs", ["submitter"]), ("GET", "nothing", ["reader", "submitter", "node"]),
        ("GET", "cluster/v1/parts/1/1/1/1", ["node"]), ("PUT", "cluster/v1/parts/1/1/1/1", ["node"]), ("GET", "cluster/v1/control", ["node"]),
        ("POST", "cluster/v1/control/negotiate", ["node"]),
    ];

    private readonly TestTokens tokens = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => tokens.Dispose();

    [Fact]
    public async Task EveryRoleMayDoWhatItIsForAndNothingElse()
    {
        await using TestCluster cluster = await TestCluster.Start(security: tokens.Security);
        foreach ((string method, string path, string[] allowed) in Requests)
        {
            foreach (string who in Everybody)
            {
                using HttpResponseMessage answer = await Ask(cluster, method, path, tokens.Of(who));
                bool refused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                Assert.True(refused != allowed.Contains(who), $"{method} {path} by {who}: {answer.StatusCode}");
                if (refused)
                {
                    bool isKnown = who is "reader" or "submitter" or "node";
                    ApiProblem problem = await TestCluster.Problem(answer);
                    Assert.Equal((isKnown ? 403 : 401, (int)answer.StatusCode), (problem.Status, problem.Status));
                    Assert.EndsWith(".", problem.Detail, StringComparison.Ordinal);
                    Assert.Equal(isKnown ? 0 : 1, answer.Headers.WwwAuthenticate.Count);
                }
            }
        }
    }

    [Fact]
    public async Task NoEndpointIsLeftOut()
    {
        await using TestCluster cluster = await TestCluster.Start();
        RouteEndpoint[] endpoints = [.. cluster.Endpoints.OfType<RouteEndpoint>()];
        Assert.Contains(endpoints, endpoint => endpoint.RoutePattern.RawText == "/metrics");
        Assert.All(endpoints, endpoint => Assert.True(Requests.Any(request => Reaches(request.Method, request.Path, endpoint)), $"no request above goes to {endpoint.DisplayName}"));
    }

    [Theory]
    [InlineData("localhost", null, 200)]
    [InlineData("127.0.0.1:7411", null, 200)]
    [InlineData("[::1]", null, 200)]
    [InlineData("localhost:7411", "http://localhost:7411", 200)]
    [InlineData("evil.example", null, 421)]
    [InlineData("evil.example:7411", "http://evil.example:7411", 421)]
    [InlineData("localhost.evil.example", null, 421)]
    [InlineData("10.0.0.7", null, 421)]
    [InlineData("localhost:7411", "https://evil.example", 403)]
    [InlineData("localhost:7411", "http://localhost:80", 403)]
    [InlineData("localhost:7411", "null", 403)]
    public async Task PagesOfOtherSitesAreKeptOutOfACoordinatorWithoutTokens(string host, string? origin, int status)
    {
        await using TestCluster cluster = await TestCluster.Start();
        foreach ((string method, string path) in ((string, string)[])[("GET", "api/v1/runs"), ("POST", "api/v1/blobs/missing"), ("GET", "healthz"), ("GET", "cluster/v1/control")])
        {
            using HttpResponseMessage answer = await Called(cluster, method, path, host, origin);
            Assert.True(status is 200 ? (int)answer.StatusCode is not (421 or 403) : (int)answer.StatusCode == status, $"{method} {path}: {answer.StatusCode}");
            if (status is not 200)
            {
                Assert.Contains(origin is null || status == 421 ? $"and not '{host}'" : $"from one of '{origin}'", (await TestCluster.Problem(answer)).Detail, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task WithTokensAnyNameIsAnsweredAndPagesOfOtherSitesAreNot()
    {
        await using TestCluster cluster = await TestCluster.Start(security: tokens.Security);
        cluster.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Submitter);
        Assert.Equal(200, (int)(await Called(cluster, "GET", "api/v1/runs", "brainsim.example", null)).StatusCode);
        Assert.Equal(200, (int)(await Called(cluster, "GET", "api/v1/runs", "brainsim.example", "https://brainsim.example")).StatusCode);
        Assert.Equal(403, (int)(await Called(cluster, "GET", "api/v1/runs", "brainsim.example", "https://evil.example")).StatusCode);
    }

    [Fact]
    public async Task WhateverStandsInTheHeaderNobodyComesInWithoutAToken()
    {
        await using TestCluster cluster = await TestCluster.Start(security: tokens.Security);
        Gen<string> text = Gen.Elements("abcXYZ019-._~+/= :;,\"'%\\".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        Gen<string> header = Gen.OneOf(
            text, text.Select(t => $"Bearer {t}"), text.Select(t => $"Basic {t}"), Gen.Choose(0, 68).Select(at => $"Bearer {tokens.Submitter.Remove(at, 1)}"),
            Gen.Constant($"Bearer {tokens.Submitter}{tokens.Submitter}"), Gen.Constant(tokens.Submitter), Gen.Constant($"Bearer {Convert.ToHexStringLower(AccessToken.HashOf(tokens.Submitter))}"));
        foreach (string value in header.Samples(200))
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "api/v1/runs");
            request.Headers.TryAddWithoutValidation("Authorization", value);
            using HttpResponseMessage answer = await cluster.Http.SendAsync(request, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"'{value}': {answer.StatusCode}");
        }

        using HttpResponseMessage known = await Ask(cluster, "GET", "api/v1/runs", tokens.Submitter);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Fact]
    public async Task TheLogNamesWhoDidWhatAndNoToken()
    {
        await using TestCluster cluster = await TestCluster.Start(security: tokens.Security);
        await cluster.StartNode(options => options with { Token = () => tokens.Node });
        cluster.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Submitter);
        long run = await cluster.Run(Networks.Small);
        using CoordinatorClient client = new(cluster.Address, tokens.Reader);
        Assert.Equal(RunState.Done, (await client.Follow(run, _ => { })).State);
        UserMistakeException refused = await Assert.ThrowsAsync<UserMistakeException>(() => client.Cancel(run));
        Assert.Contains("the token 'reader' has the role read, and POST /api/v1/runs/1/cancel needs submit", refused.Message, StringComparison.Ordinal);

        string[] told = [.. cluster.Log.From(LogLevel.Information)];
        Assert.Contains("POST /api/v1/runs by 'submitter': 202 /api/v1/runs/1", told);
        Assert.Contains(told, line => line.Contains("POST /api/v1/runs/1/cancel from 127.0.0.1 is refused: the token 'reader'", StringComparison.Ordinal));
        string everything = string.Join("\n", cluster.Log.All.Select(line => line.Text));
        Assert.DoesNotContain(tokens.All, token => everything.Contains(token, StringComparison.Ordinal));
        string manifest = await (await Ask(cluster, "GET", "api/v1/runs/1/results/run.json", tokens.Reader)).Content.ReadAsStringAsync(Cancellation);
        Assert.DoesNotContain(tokens.All, token => manifest.Contains(token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nobody", "without a good token")]
    [InlineData("wrong", "without a good token")]
    [InlineData("expired", "without a good token")]
    [InlineData("submitter", "its token must have the role node")]
    public async Task ANodeThatIsNotLetInEndsWithOneSentence(string who, string sentence)
    {
        await using TestCluster cluster = await TestCluster.Start(security: tokens.Security);
        var node = await cluster.StartNode(options => options with { Token = () => tokens.Of(who) });
        UserMistakeException problem = await Assert.ThrowsAsync<UserMistakeException>(() => node.Ended.WaitAsync(Brainsim.Patience, Cancellation));
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
    }

    /// <summary>As <see cref="Requests"/> name it.</summary>
    private static bool Reaches(string method, string path, RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is var methods && (methods is null or { HttpMethods.Count: 0 } || methods.HttpMethods.Contains(method))
        && new TemplateMatcher(TemplateParser.Parse(endpoint.RoutePattern.RawText!), []).TryMatch($"/{path}", []);

    private static Task<HttpResponseMessage> Called(TestCluster cluster, string method, string path, string host, string? origin)
    {
        HttpRequestMessage request = new(new HttpMethod(method), path) { Headers = { Host = host }, Content = method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null };
        request.Headers.Add(NodeName.Header, NodeName.Draw("here").HeaderValue);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return cluster.Http.SendAsync(request, Cancellation);
    }

    private static Task<HttpResponseMessage> Ask(TestCluster cluster, string method, string path, string? token)
    {
        HttpRequestMessage request = new(new HttpMethod(method), path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add(NodeName.Header, NodeName.Draw("node").HeaderValue);
        request.Content = method is "POST" or "PUT" ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        return cluster.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
