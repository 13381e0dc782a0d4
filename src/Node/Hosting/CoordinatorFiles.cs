using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using BrainSim.Contracts;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node.Cluster;

namespace BrainSim.Node.Hosting;

/// <summary>A node's way to the coordinator's disk: the files of networks, and the parts of checkpoints in both directions. Any thread may use it.</summary>
public sealed class CoordinatorFiles : INetworkSource, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly HttpClient http;
    private readonly string cache = Directory.CreateTempSubdirectory("brainsim-node-").FullName;

    /// <param name="token">Sent with every request; null for none.</param>
    public CoordinatorFiles(Uri coordinator, string? token)
    {
        http = new HttpClient { BaseAddress = coordinator, Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <inheritdoc/>
    public CompiledNetwork Compile(NetworkReference network, double share)
    {
        Dictionary<string, string> paths = network.Files.ToDictionary(file => file.Path, file => Cached(file.Sha256));
        NetworkSpec spec = NetworkReader.Read(paths[network.Main], NamedFiles.Only(paths), network.Settings);
        return spec.Hash == network.NetworkHash
            ? CompiledNetwork.Of(spec, share: share)
            : throw new InvalidOperationException($"the network '{network.Main}' is another here than at the coordinator ({spec.Hash}, not {network.NetworkHash}); run the same version of brainsim everywhere.");
    }

    /// <inheritdoc/>
    public SweepPlan Plan(NetworkReference network, SweepReference sweep)
    {
        Dictionary<string, string> paths = network.Files.ToDictionary(file => file.Path, file => Cached(file.Sha256));
        return SweepPlan.Read(NetworkDocument.Load(paths[network.Main], NamedFiles.Only(paths), network.Settings, network.Main), sweep.Vary, sweep.Identity);
    }

    /// <inheritdoc/>
    public byte[]? Read(PartKept part)
    {
        using HttpResponseMessage? response = Asking(() => http.Send(new HttpRequestMessage(HttpMethod.Get, AddressOf(part.Key)), HttpCompletionOption.ResponseHeadersRead));
        return response is null ? null : Asking(() => response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult());
    }

    /// <summary>Puts a part on the coordinator's disk. It may fail: the coordinator asks again for what it lacks.</summary>
    /// <returns>Why it failed; null where it did not.</returns>
    public async Task<string?> Put(PartKey key, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            using ByteArrayContent content = new(bytes);
            using HttpResponseMessage response = await http.PutAsync(AddressOf(key), content, cancellation);
            return response.IsSuccessStatusCode ? null : $"the coordinator answers {(int)response.StatusCode}";
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
        {
            return problem.Message;
        }
    }

    public void Dispose()
    {
        http.Dispose();
        Directory.Delete(cache, recursive: true);
    }

    /// <summary>A file by its content, fetched once.</summary>
    private string Cached(string sha256)
    {
        string path = Path.Combine(cache, sha256.All(char.IsAsciiHexDigit) ? sha256 : throw new SupplyException("a file's name is no SHA-256."));
        if (File.Exists(path))
        {
            return path;
        }

        byte[] content = Asking(() => http.GetByteArrayAsync($"api/v1/blobs/{sha256}").GetAwaiter().GetResult())
            ?? throw new SupplyException($"the coordinator has lost the file with the SHA-256 {sha256}.");
        if (Convert.ToHexStringLower(SHA256.HashData(content)) != sha256)
        {
            throw new SupplyException($"the file with the SHA-256 {sha256} did not arrive as it was sent.");
        }

        string temporary = $"{path}.{Environment.CurrentManagedThreadId}";
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
        return path;
    }

    /// <returns>Null where the coordinator has no such thing.</returns>
    private static T? Asking<T>(Func<T> ask)
        where T : class
    {
        try
        {
            T answer = ask();
            return answer is HttpResponseMessage { StatusCode: HttpStatusCode.NotFound } ? null : (answer as HttpResponseMessage)?.EnsureSuccessStatusCode() as T ?? answer;
        }
        catch (HttpRequestException problem) when (problem.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException or IOException)
        {
            throw new SupplyException($"the coordinator cannot be asked for files: {problem.Message}", problem);
        }
    }

    private static string AddressOf(PartKey key) => string.Create(
        CultureInfo.InvariantCulture, $"cluster/v1/parts/{key.Epoch.Run}/{key.Epoch.Epoch}/{key.Step}/{key.Shard}{(key.IsRecorded ? $"?recorded_after={key.RecordedAfter}" : "")}");
}
