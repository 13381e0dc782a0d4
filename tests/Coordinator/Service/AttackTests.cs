using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Remote;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>What is sent to do harm is refused with a typed answer, and a run beside it comes to its bits.</summary>
public sealed class AttackTests
{
    private const string Named = """
        name: named
        dt: 0.1
        duration: 1
        populations: { E: { size: 2, model: lif, params: {tau: {file: "FILE", array: a}} } }
        """;

    private static readonly string[] Tricks =
    [
        "../../journal.db", "..\\..\\journal.db", "/etc/passwd", "./x", "a/../../b", "lock", "~", "a\u0000b", "CON", "%2e%2e%2f", "....//", "file:///etc/passwd", ".", "", "nul\n",
    ];

    private static readonly string HashOfSmall = Here();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoNameOfAClientBecomesAPath()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1);
        Gen<string> name = Gen.OneOf(Gen.Elements(Tricks), Gen.Elements("./\\ab~%0\u0001é".ToCharArray()).ArrayOf().Select(letters => new string(letters)));
        string array = await Put(cluster, Npz(Npy(2, [0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 64])));
        foreach (string trick in name.Samples(60).Concat(Tricks))
        {
            string network = Named.Replace("FILE", Escaped(trick), StringComparison.Ordinal);
            await cluster.Put(network);
            using HttpResponseMessage lonely = await Submit(cluster, new() { ["net"] = TestCluster.HashOf(network) });
            Assert.True((int)lonely.StatusCode == 422, $"'{trick}' alone: {lonely.StatusCode}");
            Assert.Matches("did not come with the network|names no file|is needed|control character", (await TestCluster.Problem(lonely)).Detail);
            using HttpResponseMessage together = await Submit(cluster, new() { ["net"] = TestCluster.HashOf(network), [trick] = array });
            Assert.True(together.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest, $"'{trick}': {together.StatusCode}");
            using HttpResponseMessage got = await cluster.Http.GetAsync($"api/v1/blobs/{Uri.EscapeDataString(trick)}", Cancellation);
            using HttpResponseMessage put = await cluster.Http.PutAsync($"api/v1/blobs/{Uri.EscapeDataString(trick)}", new ByteArrayContent("x"u8.ToArray()), Cancellation);
            using HttpResponseMessage result = await cluster.Http.GetAsync($"api/v1/runs/1/results/{Uri.EscapeDataString(trick)}", Cancellation);
            Assert.All((HttpResponseMessage[])[got, put, result], answer => Assert.InRange((int)answer.StatusCode, trick.Trim('.').Length > 0 ? 400 : 200, 405));
        }

        await StillWorks(cluster);
        foreach (string file in Directory.GetFiles(cluster.At("data"), "*", SearchOption.AllDirectories))
        {
            Assert.Matches(@"^(lock|journal\.db(-wal|-shm)?|blobs/[0-9a-f]{2}/[0-9a-f]{64}|incoming/\d+|runs/\d+/(results\.json|[\d-]+|recorded/[\d-]+))$", Path.GetRelativePath(cluster.At("data"), file));
        }
    }

    private static readonly (string Name, string Text, string Sentence)[] YamlBombs =
    [
        ("laughs", "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat("bcdefghi".Select((c, i) => $"{c}: &{c} [{string.Join(", ", Enumerable.Repeat($"*{"abcdefgh"[i]}", 10))}]\n")), "counting what aliases repeat"),
        ("depth", "name: " + new string('[', 200_000), "nested more than 64 deep"),
        ("length", "name: x\n" + new string('#', 5_000_000), "at most 4194304 are read"),
        ("values", "name: [" + string.Concat(Enumerable.Repeat("1,", 300_000)) + "1]", "more than 200000 values"),
        ("keys", "name: {" + string.Concat(Enumerable.Range(0, 250_000).Select(i => $"k{i}: 1,")) + "}", "more than 200000 values"),
        ("key", $"{new string('k', 1000)}: 1", "at most 128 characters"),
        ("itself", "a: &a [*a]", "no anchor &a ends before this alias"),
        ("expression", $"name: e\ndt: 0.1\nduration: 1\npopulations: {{ E: {{ size: 2, model: lif, params: {{tau: \"{new string('(', 100_000)}1\"}} }} }}", "tau"),
    ];

    [Fact]
    public async Task AYamlBombIsAMistake()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1);
        foreach ((string name, string text, string sentence) in YamlBombs)
        {
            await cluster.Put(text);
            HttpResponseMessage answer = await cluster.Submit(text, name);
            Assert.True((int)answer.StatusCode == 422, $"{name}: {answer.StatusCode}");
            ApiProblem problem = await TestCluster.Problem(answer);
            Assert.Contains(problem.Mistakes!, mistake => $"{mistake.Path}: {mistake.Message}".Contains(sentence, StringComparison.Ordinal));
            Assert.InRange(problem.Mistakes!.Count, 1, 100);
        }

        await StillWorks(cluster);
    }

    private static readonly (string Name, byte[] File, string Sentence)[] NpzBombs =
    [
        ("zeros", Npz(Npy(2, new byte[100_000_000])), "more data follow than the shape says"),
        ("claim", Npy(250_000_000, []), "the data are cut off"),
        ("shape", Npz(Npy(int.MaxValue, [])), "more than 250000000 elements"),
        ("twice", Npz(Npy(2, new byte[16]), Npy(2, new byte[16])), "holds this array twice"),
        ("objects", Npz(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Npy(2, new byte[16])).Replace("'<f8'", "'|O' ", StringComparison.Ordinal))), "Python objects"),
        ("size", Npz(Npy(10_000_000, new byte[80_000_000])), "tau"),
        ("torn", Npz(Npy(2, new byte[16]))[..^40], "is damaged"),
    ];

    [Fact]
    public async Task AnArrayBombIsOneMistake()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1);
        foreach ((string name, byte[] file, string sentence) in NpzBombs)
        {
            string network = Named.Replace("FILE", $"{name}.npz", StringComparison.Ordinal).Replace(", array: a", file[0] == 'P' ? ", array: a" : "", StringComparison.Ordinal);
            await cluster.Put(network);
            HttpResponseMessage answer = await Submit(cluster, new() { ["net"] = TestCluster.HashOf(network), [$"{name}.npz"] = await Put(cluster, file) });
            Assert.True((int)answer.StatusCode == 422, $"{name}: {answer.StatusCode}");
            ApiMistake mistake = Assert.Single((await TestCluster.Problem(answer)).Mistakes!);
            Assert.Contains(sentence, $"{mistake.Path}: {mistake.Message}", StringComparison.Ordinal);
            Assert.DoesNotContain(cluster.At(""), mistake.Message, StringComparison.Ordinal);
        }

        await StillWorks(cluster);
    }

    [Fact]
    public async Task WhateverASubmissionSaysTheAnswerIsTyped()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 1);
        await cluster.Put(Networks.Small);
        byte[] whole = Encoding.UTF8.GetBytes($$"""{"key": "k", "name": "", "main": "n", "files": {"n": "{{TestCluster.HashOf(Networks.Small)}}"}, "settings": [], "shards": 0, "priority": 0}""");
        Gen<byte[]> changed =
            from at in Gen.Choose(0, whole.Length - 1)
            from length in Gen.Choose(0, 20)
            from bytes in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(3)
            select (byte[])[.. whole[..at], .. bytes, .. whole[Math.Min(whole.Length, at + length)..]];
        foreach (byte[] body in changed.Samples(300))
        {
            ByteArrayContent content = new(body);
            content.Headers.ContentType = new("application/json");
            using HttpResponseMessage answer = await cluster.Http.PostAsync("api/v1/runs", content, Cancellation);
            Assert.True((int)answer.StatusCode is 202 or 400 or 409 or 422, $"{answer.StatusCode}: {Encoding.Latin1.GetString(body)}");
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                Assert.EndsWith(".", (await TestCluster.Problem(answer)).Detail, StringComparison.Ordinal);
            }
        }

        await StillWorks(cluster);
    }

    /// <summary>A run beside what was attacked.</summary>
    private static async Task StillWorks(TestCluster cluster)
    {
        using CoordinatorClient client = cluster.Client();
        RunView end = await client.Follow(await cluster.Run(Networks.Small, "beside"), _ => { });
        Assert.Equal((RunState.Done, HashOfSmall), (end.State, end.StateHash));
    }

    private static string Here()
    {
        using SerialRun here = new SerialRun(CompiledNetwork.Of(NetworkReader.ReadText("small", Networks.Small, ".", []))).Run();
        return here.StateHash;
    }

    private static Task<HttpResponseMessage> Submit(TestCluster cluster, Dictionary<string, string> files) => cluster.Http.PostAsJsonAsync(
        "api/v1/runs", new SubmitRequest(Guid.NewGuid().ToString("N"), "", "net", files, [], 0, 0), ApiJson.Default.SubmitRequest, Cancellation);

    private static async Task<string> Put(TestCluster cluster, byte[] content)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        (await cluster.Http.PutAsync($"api/v1/blobs/{hash}", new ByteArrayContent(content), Cancellation)).EnsureSuccessStatusCode();
        return hash;
    }

    private static string Escaped(string text) => string.Concat(text.Select(c => c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? $"\\x{(int)c:x2}" : $"{c}"));

    private static byte[] Npy(int count, byte[] data)
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '<f8', 'fortran_order': False, 'shape': ({count},), }}\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. data];
    }

    /// <summary>Every array under the name a.</summary>
    private static byte[] Npz(params byte[][] arrays)
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (byte[] array in arrays)
            {
                using Stream entry = archive.CreateEntry("a.npy", CompressionLevel.Fastest).Open();
                entry.Write(array);
            }
        }

        return file.ToArray();
    }
}
