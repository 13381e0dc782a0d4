using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using BrainSim.Contracts;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Engine.Units;
using BrainSim.Node.Cluster;
using BrainSim.Node.Tls;

namespace BrainSim.Node.Hosting;

/// <summary>A node's way to the coordinator's disk: the files of networks, and the parts of checkpoints in both directions. Any thread may use it.</summary>
public sealed class CoordinatorFiles : INetworkSource, IDisposable
{
    /// <summary>Until an answer begins, and for each read of what follows.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What is expected of a slow network.</summary>
    private const double BytesPerSecond = 1e6;

    /// <summary>Of files that no run here names, kept for runs that come again.</summary>
    private const long MostUnusedBytes = 1L << 30;

    private readonly HttpClient http;
    private readonly FileCache cache = new(Path.GetTempPath(), MostUnusedBytes);

    public CoordinatorFiles(CoordinatorAccess access) => http = new HttpClient(access.Handler(Patience)) { BaseAddress = access.Address, Timeout = Timeout.InfiniteTimeSpan };

    /// <inheritdoc/>
    public CompiledNetwork Compile(NetworkReference network, double share)
    {
        (string path, NamedFiles named) = FilesOf(network);
        NetworkSpec spec = ReferredNetwork.Read(network, path, named);
        return spec.Hash == network.NetworkHash
            ? CompiledNetwork.Of(spec, share: share)
            : throw new InvalidOperationException($"the network '{network.Main}' is another here than at the coordinator ({spec.Hash}, not {network.NetworkHash}); run the same version of brainsim everywhere.");
    }

    /// <inheritdoc/>
    public SweepPlan Plan(NetworkReference network, SweepReference sweep)
    {
        (string path, NamedFiles named) = FilesOf(network);
        return ReferredNetwork.Plan(network, sweep, path, named);
    }

    /// <inheritdoc/>
    public byte[]? Read(PartKept part)
    {
        using MemoryStream bytes = new();
        return Fetch(AddressOf(part.Key), bytes) ? bytes.ToArray() : null;
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

    /// <summary>Of the files of networks only these are needed.</summary>
    public void Keep(IReadOnlySet<string> sha256s)
    {
        try
        {
            cache.Keep(sha256s);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // They only take room, and are tried again when a run goes.
        }
    }

    /// <summary>How long it may take to send so many bytes.</summary>
    public static TimeSpan PatienceFor(long bytes) => Patience + TimeSpan.FromSeconds(bytes / BytesPerSecond);

    public void Dispose()
    {
        http.Dispose();
        cache.Dispose();
    }

    /// <returns>The path of the network file here, and those that it may name.</returns>
    private (string Path, NamedFiles Files) FilesOf(NetworkReference network)
    {
        Dictionary<string, string> paths = network.Files.ToDictionary(file => file.Path, file => Cached(file.Sha256));
        return (paths[network.Main], NamedFiles.Only(paths));
    }

    /// <summary>The path of a file by its content.</summary>
    private string Cached(string sha256) => cache.Get(sha256, file =>
    {
        if (!Fetch($"api/v1/blobs/{sha256}", file))
        {
            throw new SupplyException($"the coordinator has lost the file with the SHA-256 {sha256}.");
        }

        file.Position = 0;
        if (Convert.ToHexStringLower(SHA256.HashData(file)) != sha256)
        {
            throw new SupplyException($"the file with the SHA-256 {sha256} did not arrive as it was sent.");
        }
    });

    /// <summary>Copies what the coordinator has under an address. However long it is: it only must not stand still.</summary>
    /// <returns>False where the coordinator has no such thing.</returns>
    private bool Fetch(string address, Stream to)
    {
        try
        {
            using CancellationTokenSource late = new(Patience);
            using HttpResponseMessage response = http.Send(new HttpRequestMessage(HttpMethod.Get, address), HttpCompletionOption.ResponseHeadersRead, late.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }

            using Stream content = response.EnsureSuccessStatusCode().Content.ReadAsStream(late.Token);
            byte[] buffer = new byte[1 << 20];
            for (int read = 1; read > 0;)
            {
                late.CancelAfter(Patience);
                read = content.ReadAsync(buffer, late.Token).AsTask().GetAwaiter().GetResult();
                to.Write(buffer, 0, read);
            }

            return true;
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException or IOException)
        {
            throw new SupplyException($"the coordinator cannot be asked for files: {problem.Message}", problem);
        }
    }

    private static string AddressOf(PartKey key) => string.Create(
        CultureInfo.InvariantCulture, $"cluster/v1/parts/{key.Epoch.Run}/{key.Epoch.Epoch}/{key.Step}/{key.Shard}{(key.IsRecorded ? $"?recorded_after={key.RecordedAfter}" : "")}");
}
