using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.CommandLine;
using BrainSim.Engine.Units;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.Remote;

/// <summary>Speaks with a coordinator. Whatever goes wrong becomes one sentence for the user.</summary>
internal sealed class CoordinatorClient : IDisposable
{
    public const string Default = "http://127.0.0.1:7411";

    /// <summary>For an answer to begin, and for each piece of it; files and events have as long as they move.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    /// <summary>A coordinator that has nothing to tell of a run says so every five seconds.</summary>
    private static readonly TimeSpan PatienceWithEvents = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PatienceToConnect = TimeSpan.FromSeconds(5);

    private readonly string address;
    private readonly HttpClient http;

    /// <param name="token">Sent with every request; null for none.</param>
    /// <param name="authorities">Who certifies the coordinator; null for those that the system trusts.</param>
    /// <exception cref="UserMistakeException">This is no address.</exception>
    public CoordinatorClient(string address, string? token, TrustedAuthorities? authorities = null)
    {
        this.address = address;
        CoordinatorAccess access = new(Parse(address), () => token, authorities);
        http = new HttpClient(access.Handler(PatienceToConnect)) { BaseAddress = new Uri(access.Address, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <exception cref="UserMistakeException">This is no address.</exception>
    public static Uri Parse(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? parsed) && (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps)
            ? parsed
            : throw new UserMistakeException(new Place(address, 0, 0, ""), $"this is no address of a coordinator; write http://HOST:PORT, such as {Default}.");

    /// <summary>Told, in a sentence, what takes longer than it should.</summary>
    public Action<string> Tell { get; set; } = _ => { };

    /// <summary>For the pauses before something is asked again.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    public void Dispose() => http.Dispose();

    public Task<RunView[]> Runs() => Get("runs", ApiJson.Default.RunViewArray);

    public Task<RunView> Run(long run) => Get($"runs/{run}", ApiJson.Default.RunView);

    public Task<NodeView[]> Nodes() => Get("nodes", ApiJson.Default.NodeViewArray);

    public Task<LogLine[]> Logs(long run) => Get($"runs/{run}/logs", ApiJson.Default.LogLineArray);

    /// <summary>Waits until they are put together, however long that takes: the coordinator says that they are not yet.</summary>
    public async Task<ResultFile[]> Results(long run)
    {
        while (true)
        {
            using HttpResponseMessage response = await Send(new HttpRequestMessage(HttpMethod.Get, $"runs/{run}/results"));
            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                return await Body(response, ApiJson.Default.ResultFileArray);
            }
        }
    }

    /// <summary>The zip of what helps to find out what happened to a run.</summary>
    public async Task<byte[]> Bundle(long run)
    {
        using HttpResponseMessage response = await Send(new HttpRequestMessage(HttpMethod.Get, $"runs/{run}/bundle"));
        return await Reading(() => response.Content.ReadAsByteArrayAsync());
    }

    public Task<RunView> Cancel(long run) => Json(new HttpRequestMessage(HttpMethod.Post, $"runs/{run}/cancel"), ApiJson.Default.RunView);

    /// <summary>Puts the files that the coordinator lacks, then submits. In each step a coordinator that is away or busy is asked again for a minute.</summary>
    /// <param name="paths">Of the files, by the names in the request.</param>
    public async Task<SubmitAnswer> Submit(SubmitRequest request, IReadOnlyDictionary<string, string> paths)
    {
        BlobNames names = new([.. request.Files.Values.Distinct()]);
        BlobNames missing = await Insist(_ => Json(Post("blobs/missing", names, ApiJson.Default.BlobNames), ApiJson.Default.BlobNames), TellAgain);
        foreach (string sha256 in missing.Sha256)
        {
            string path = paths[request.Files.First(f => f.Value == sha256).Key];
            await Insist(_ => Put(sha256, path), TellAgain);
        }

        return await Submit(request);
    }

    /// <returns>True, when it is there.</returns>
    private async Task<bool> Put(string sha256, string path)
    {
        await using FileStream file = File.OpenRead(path);
        using CancellationTokenSource late = new(Patience);
        using HttpResponseMessage put = await Send(new HttpRequestMessage(HttpMethod.Put, $"blobs/{sha256}") { Content = new FileBody(file, late, Patience) }, late);
        return true;
    }

    /// <summary>Where the answer is lost the run may have been taken all the same: the same key asks for the same run.</summary>
    private async Task<SubmitAnswer> Submit(SubmitRequest request)
    {
        try
        {
            return await Insist(_ => Json(Post("runs", request, ApiJson.Default.SubmitRequest), ApiJson.Default.SubmitAnswer), problem =>
            {
                if (problem is UnreachableException)
                {
                    Tell("the coordinator's answer was lost; asking again with the same key, which makes no second run");
                }
                else
                {
                    TellAgain(problem);
                }
            });
        }
        catch (UnreachableException problem)
        {
            throw new UnreachableException(PlaceOf, $"{problem.Mistakes[0].Message.TrimEnd('.')}; whether it has taken the run is not known: see 'brainsim runs' before you submit again.");
        }
    }

    /// <summary>Tells a run as it is now and whenever it has changed, until it has ended. A coordinator that comes back within a minute is waited for.</summary>
    /// <returns>The run as it ended.</returns>
    public Task<RunView> Follow(long run, Action<RunView> seen) => Insist(
        async insistence =>
        {
            RunView? last = null;
            using HttpResponseMessage response = await Send(new HttpRequestMessage(HttpMethod.Get, $"runs/{run}/events"));
            await Reading(async () =>
            {
                await using PatientStream stream = new(await response.Content.ReadAsStreamAsync(), PatienceWithEvents, TimeProvider.System);
                await foreach (SseItem<RunView> item in SseParser.Create(stream, (_, text) => JsonSerializer.Deserialize(text, ApiJson.Default.RunView)!).EnumerateAsync())
                {
                    seen(last = item.Data);
                    insistence.Restart();
                }

                return true;
            });
            return last is { HasEnded: true } ? last : throw Unreachable("it broke off before the run had ended");
        },
        _ => { });

    /// <summary>Asks until there is an answer, or it is of no use any more.</summary>
    /// <param name="told">What went wrong, the first time.</param>
    private async Task<T> Insist<T>(Func<Insistence, Task<T>> ask, Action<Exception> told)
    {
        Insistence insistence = new(Clock);
        while (true)
        {
            try
            {
                return await ask(insistence);
            }
            catch (Exception problem) when (insistence.PauseAfter(problem) is { } pause)
            {
                told(problem);
                told = _ => { };
                await Task.Delay(pause, Clock);
            }
        }
    }

    private void TellAgain(Exception problem) => Tell($"{problem.Message.TrimEnd('.')}; asking again for {Insistence.InAll.TotalSeconds:0} s");

    /// <summary>Writes a result to a file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written here.</exception>
    public async Task Fetch(long run, ResultFile file, string path)
    {
        string temporary = path + ".tmp";
        try
        {
            using HttpResponseMessage response = await Send(new HttpRequestMessage(HttpMethod.Get, $"runs/{run}/results/{Uri.EscapeDataString(file.Name)}"));
            if (await Download(response, temporary) != file.Sha256)
            {
                throw Problem($"'{file.Name}' of run {run} did not arrive as it was sent; try again.");
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <returns>The SHA-256 of what came.</returns>
    private async Task<string> Download(HttpResponseMessage response, string path)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream target = File.Create(path);
        await using PatientStream line = new(await Reading(() => response.Content.ReadAsStreamAsync()), Patience, TimeProvider.System);
        byte[] piece = new byte[1 << 16];
        while (await Reading(() => line.ReadAsync(piece).AsTask()) is > 0 and var read)
        {
            hash.AppendData(piece, 0, read);
            await target.WriteAsync(piece.AsMemory(0, read));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static HttpRequestMessage Post<T>(string path, T body, JsonTypeInfo<T> type) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };

    private Task<T> Get<T>(string path, JsonTypeInfo<T> type) => Json(new HttpRequestMessage(HttpMethod.Get, path), type);

    private async Task<T> Json<T>(HttpRequestMessage request, JsonTypeInfo<T> type)
    {
        using HttpResponseMessage response = await Send(request);
        return await Body(response, type);
    }

    private Task<T> Body<T>(HttpResponseMessage response, JsonTypeInfo<T> type) => Reading(async () =>
    {
        await using PatientStream line = new(await response.Content.ReadAsStreamAsync(), Patience, TimeProvider.System);
        return await JsonSerializer.DeserializeAsync(line, type) ?? throw new JsonException("the answer is empty");
    });

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request)
    {
        using CancellationTokenSource late = new(Patience);
        return await Send(request, late);
    }

    /// <param name="late">Ends the waiting for the answer to begin.</param>
    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationTokenSource late)
    {
        using (request)
        {
            HttpResponseMessage response = await Reading(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token));
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await Refusal(response);
            }
        }
    }

    private async Task<T> Reading<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (HttpRequestException problem) when (problem.InnerException is AuthenticationException)
        {
            throw Problem($"what answers there shows no certificate that is trusted here and names this address; name the file of its authority with --ca or {ClusterOptions.AuthoritiesVariable}.");
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException or TimeoutException or IOException)
        {
            throw Unreachable(problem is OperationCanceledException ? "it does not answer" : problem.Message.TrimEnd('.'));
        }
        catch (JsonException problem)
        {
            throw Problem($"what answers there is no coordinator of this version ({problem.Message.TrimEnd('.')}).");
        }
    }

    private async Task<Exception> Refusal(HttpResponseMessage response)
    {
        ApiProblem? problem = response.Content.Headers.ContentType?.MediaType == ApiProblem.MediaType ? await Body(response, ApiJson.Default.ApiProblem) : null;
        return problem switch
        {
            null when response.StatusCode >= HttpStatusCode.BadGateway => Unreachable($"what answers there says {(int)response.StatusCode} {response.ReasonPhrase}"),
            null => Problem($"what answers there is no coordinator: it says {(int)response.StatusCode} {response.ReasonPhrase}."),
            { Status: 401 } => Problem($"{problem.Detail.TrimEnd('.')}; give a good one in {ClusterOptions.TokenVariable}, or in a file named by {ClusterOptions.TokenFileVariable} (whoever runs the coordinator makes them with 'brainsim token')."),
            { Status: 403 } => Problem($"{problem.Detail.TrimEnd('.')}; ask whoever runs the coordinator for another token."),
            { Mistakes: { Count: > 0 } mistakes } => new UserMistakeException([.. mistakes.Select(m => new Mistake(new Place(m.File, m.Line, m.Column, m.Path), m.Message))]),
            { Status: 503 } => new ClusterTroubleException(PlaceOf, problem.Detail, response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero),
            _ when response.StatusCode >= HttpStatusCode.InternalServerError => new ClusterTroubleException(PlaceOf, problem.Detail),
            _ => Problem(problem.Detail),
        };
    }

    private UnreachableException Unreachable(string why) =>
        new(PlaceOf, $"no coordinator can be reached there ({why}); start one with 'brainsim coordinator', or name another with --coordinator or {ClusterOptions.AddressVariable}.");

    private UserMistakeException Problem(string message) => new(PlaceOf, message);

    private Place PlaceOf => new(address, 0, 0, "");
}
