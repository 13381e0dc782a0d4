using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BrainSim.Contracts.Api;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>The API as a program that knows nothing of ours sees it.</summary>
public sealed class ApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AFileIsPutOnceThenSubmittedShownAndCancelled()
    {
        await using TestCluster cluster = await TestCluster.Start();
        string hash = TestCluster.HashOf(Networks.Small);
        HttpResponseMessage early = await cluster.Submit(Networks.Small);
        Assert.Equal((HttpStatusCode.Conflict, ApiProblem.MediaType), (early.StatusCode, early.Content.Headers.ContentType!.MediaType));
        Assert.Equal([hash], (await TestCluster.Problem(early)).Missing);
        Assert.Equal(HttpStatusCode.NoContent, (await cluster.Put(Networks.Small)).StatusCode);
        HttpResponseMessage asked = await cluster.Http.PostAsJsonAsync("api/v1/blobs/missing", new BlobNames([hash, TestCluster.HashOf("x")]), ApiJson.Default.BlobNames, Token);
        Assert.Equal([TestCluster.HashOf("x")], (await asked.Content.ReadFromJsonAsync(ApiJson.Default.BlobNames, Token))!.Sha256);

        HttpResponseMessage taken = await cluster.Submit(Networks.Small);
        Assert.Equal((HttpStatusCode.Accepted, "/api/v1/runs/1"), (taken.StatusCode, taken.Headers.Location?.ToString()));
        RunView shown = (await cluster.Http.GetFromJsonAsync("api/v1/runs/1", ApiJson.Default.RunView, Token))!;
        Assert.Equal((1, "small", RunState.Waiting, 200), (shown.Run, shown.Name, shown.State, shown.Steps));
        Assert.Contains("waits for a node", shown.Reason, StringComparison.Ordinal);

        HttpResponseMessage cancelled = await cluster.Http.PostAsync("api/v1/runs/1/cancel", null, Token);
        Assert.Equal(RunState.Cancelled, (await cancelled.Content.ReadFromJsonAsync(ApiJson.Default.RunView, Token))!.State);
        HttpResponseMessage results = await cluster.Http.GetAsync("api/v1/runs/1/results", Token);
        Assert.Equal((HttpStatusCode.NotFound, "run 1 has no results: it is cancelled."), (results.StatusCode, (await TestCluster.Problem(results)).Detail));
    }

    [Fact]
    public async Task WhatWasAnsweredWith202IsThereAfterARestartAndKeysStayKnown()
    {
        await using TestCluster cluster = await TestCluster.Start();
        Assert.Equal(1, await cluster.Run(Networks.Small, "a"));
        Assert.Equal(1, await cluster.Run(Networks.Small, "a"));
        Assert.Equal(2, await cluster.Run(Networks.Small, "b"));
        await cluster.Restart();
        Assert.Equal(2, await cluster.Run(Networks.Small, "b"));
        RunView[] runs = (await cluster.Http.GetFromJsonAsync("api/v1/runs", ApiJson.Default.RunViewArray, Token))!;
        Assert.Equal([1, 2], runs.Select(run => run.Run));
    }

    [Fact]
    public async Task TheUsersMistakesAreTheSentencesOfCheck()
    {
        await using TestCluster cluster = await TestCluster.Start();
        UserMistakeException here = Assert.Throws<UserMistakeException>(() => NetworkReader.ReadText("net.yaml", Networks.Wrong, cluster.At("."), []));
        await cluster.Put(Networks.Wrong);
        HttpResponseMessage refused = await cluster.Submit(Networks.Wrong);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        ApiProblem problem = await TestCluster.Problem(refused);
        Assert.Equal(here.Mistakes.Select(m => m.ToString()), problem.Mistakes!.Select(m => new Mistake(new Place(m.File, m.Line, m.Column, m.Path), m.Message).ToString()));
        Assert.Empty((await cluster.Http.GetFromJsonAsync("api/v1/runs", ApiJson.Default.RunViewArray, Token))!);
    }

    [Theory]
    [InlineData("""{"key": "k"}""", 400)]
    [InlineData("""not json""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "00"}, "settings": [], "shards": 0, "priority": 0}""", 400)]
    [InlineData("""{"key": "", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": [], "shards": 0, "priority": 0}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "m", "files": {"n": "HASH"}, "settings": [], "shards": 0, "priority": 0}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": [], "shards": 1025, "priority": 0}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": [], "shards": 0, "priority": 1001}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": [], "shards": 0, "priority": 0, "extra": 1}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": [], "shards": 0, "priority": 0, "sweep": {}}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": [], "shards": 0, "priority": 0, "sweep": {"vary": [], "extra": 1}}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": ["nothing=1"], "shards": 0, "priority": 0}""", 422)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": null}, "settings": [], "shards": 0, "priority": 0}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": [null], "shards": 0, "priority": 0}""", 400)]
    [InlineData("""{"key": "k", "name": "", "main": "n", "files": {"n": "HASH"}, "settings": [], "shards": 0, "priority": 0, "sweep": {"vary": ["nothing=[1]"]}}""", 422)]
    public async Task ARequestOutOfItsBoundsIsRefusedWithOneSentence(string body, int status)
    {
        await using TestCluster cluster = await TestCluster.Start();
        await cluster.Put(Networks.Small);
        StringContent content = new(body.Replace("HASH", TestCluster.HashOf(Networks.Small), StringComparison.Ordinal), Encoding.UTF8, "application/json");
        HttpResponseMessage refused = await cluster.Http.PostAsync("api/v1/runs", content, Token);
        Assert.Equal(status, (int)refused.StatusCode);
        ApiProblem problem = await TestCluster.Problem(refused);
        Assert.Equal(status, problem.Status);
        Assert.EndsWith(".", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sha256": [null]}""")]
    [InlineData("""{"sha256": ["../../journal.db"]}""")]
    public async Task WhatIsNoHashIsNotAskedFor(string body)
    {
        await using TestCluster cluster = await TestCluster.Start();
        HttpResponseMessage refused = await cluster.Http.PostAsync("api/v1/blobs/missing", new StringContent(body, Encoding.UTF8, "application/json"), Token);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("64 hexadecimal digits", (await TestCluster.Problem(refused)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "api/v1/runs/7", 404)]
    [InlineData("GET", "api/v1/runs/7/events", 404)]
    [InlineData("POST", "api/v1/runs/7/cancel", 404)]
    [InlineData("GET", "api/v1/blobs/..%2f..%2fjournal.db", 404)]
    [InlineData("PUT", "api/v1/blobs/..%2f..%2fx", 400)]
    [InlineData("GET", "api/v1/nothing", 404)]
    [InlineData("DELETE", "api/v1/runs", 405)]
    [InlineData("GET", "cluster/v1/parts/1/1/0/..%2f..%2fjournal.db", 404)]
    public async Task WhatIsNotThereIsAProblemToo(string method, string path, int status)
    {
        await using TestCluster cluster = await TestCluster.Start();
        HttpResponseMessage answer = await cluster.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Token);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status, (await TestCluster.Problem(answer)).Status);
    }

    [Fact]
    public async Task TheDocumentNamesEveryOperation()
    {
        await using TestCluster cluster = await TestCluster.Start();
        JsonElement paths = (await cluster.Http.GetFromJsonAsync<JsonElement>("openapi/v1.json", Token)).GetProperty("paths");
        string[] operations = [.. paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name} {path.Name}")).Order(StringComparer.Ordinal)];
        Assert.Equal(
        [
            "get /api/v1/blobs/{sha256}", "get /api/v1/nodes", "get /api/v1/runs", "get /api/v1/runs/{run}", "get /api/v1/runs/{run}/bundle", "get /api/v1/runs/{run}/events", "get /api/v1/runs/{run}/logs",
            "get /api/v1/runs/{run}/results", "get /api/v1/runs/{run}/results/{name}", "post /api/v1/blobs/missing", "post /api/v1/runs", "post /api/v1/runs/{run}/cancel",
            "put /api/v1/blobs/{sha256}",
        ], operations);
        Assert.Equal(HttpStatusCode.OK, (await cluster.Http.GetAsync("healthz", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await cluster.Http.GetAsync("readyz", Token)).StatusCode);
    }
}
