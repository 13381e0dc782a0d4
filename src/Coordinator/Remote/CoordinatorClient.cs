using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BrainSim.Contracts.Api;
using BrainSim.Engine.Units;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.Remote;

/// <summary>Speaks with a coordinator. Whatever goes wrong becomes one sentence for the user.</summary>
internal sealed class CoordinatorClient : IDisposable
{
    public const string Default = "http://127.0.0.1:7411";

    /// <summary>For one answer; files and events have as long as they move.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private static readonly TimeSpan PatienceToConnect = TimeSpan.FromSeconds(5);

    /// <summary>Between two attempts to go on following: 1.5 times longer after each, a minute in all.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.2), LongestPause = TimeSpan.FromSeconds(20);

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

    public void Dispose() => http.Dispose();

    public Task<RunView[]> Runs() => Get("runs", ApiJson.Default.RunViewArray);

    public Task<RunView> Run(long run) => Get($"runs/{run}", ApiJson.Default.RunView);

    public Task<NodeView[]> Nodes() => Get("nodes", ApiJson.Default.NodeViewArray);

    public Task<LogLine[]> Logs(long run) => Get($"runs/{run}/logs", ApiJson.Default.LogLineArray);

    public Task<ResultFile[]> Results(long run) => Get($"runs/{run}/results", ApiJson.Default.ResultFileArray);

    public Task<RunView> Cancel(long run) => Json(new HttpRequestMessage(HttpMethod.Post, $"runs/{run}/cancel"), ApiJson.Default.RunView);

    /// <summary>Puts the files that the coordinator lacks, then submits.</summary>
    /// <param name="paths">Of the files, by the names in the request.</param>
    public async Task<SubmitAnswer> Submit(SubmitRequest request, IReadOnlyDictionary<string, string> paths)
    {
        BlobNames names = new([.. request.Files.Values.Distinct()]);
        BlobNames missing = await Json(Post("blobs/missing", names, ApiJson.Default.BlobNames), ApiJson.Default.BlobNames);
        foreach (string sha256 in missing.Sha256)
        {
            await using FileStream file = File.OpenRead(paths[request.Files.First(f => f.Value == sha256).Key]);
            using HttpResponseMessage put = await Send(new HttpRequestMessage(HttpMethod.Put, $"blobs/{sha256}") { Content = new StreamContent(file) }, Timeout.InfiniteTimeSpan);
        }

        return await Json(Post("runs", request, ApiJson.Default.SubmitRequest), ApiJson.Default.SubmitAnswer);
    }

    /// <summary>Tells a run as it is now and whenever it has changed, until it has ended. A coordinator that comes back within a minute is waited for.</summary>
    /// <returns>The run as it ended.</returns>
    public async Task<RunView> Follow(long run, Action<RunView> seen)
    {
        RunView? last = null;
        TimeSpan pause = FirstPause;
        while (last is not { HasEnded: true })
        {
            try
            {
                using HttpResponseMessage response = await Send(new HttpRequestMessage(HttpMethod.Get, $"runs/{run}/events"), Patience);
                await Reading(async () =>
                {
                    await using Stream stream = await response.Content.ReadAsStreamAsync();
                    await foreach (SseItem<RunView> item in SseParser.Create(stream, (_, text) => JsonSerializer.Deserialize(text, ApiJson.Default.RunView)!).EnumerateAsync())
                    {
                        seen(last = item.Data);
                        pause = FirstPause;
                    }

                    return true;
                });
            }
            catch (UnreachableException) when (last is not null && pause < LongestPause)
            {
                // It is starting anew, perhaps.
            }

            if (last is not { HasEnded: true })
            {
                await Task.Delay(pause);
                pause *= 1.5;
            }
        }

        return last;
    }

    /// <summary>Writes a result to a file, whole or not at all.</summary>
    public async Task Fetch(long run, ResultFile file, string path)
    {
        string temporary = path + ".tmp";
        using (HttpResponseMessage response = await Send(new HttpRequestMessage(HttpMethod.Get, $"runs/{run}/results/{Uri.EscapeDataString(file.Name)}"), Timeout.InfiniteTimeSpan))
        {
            await using FileStream target = File.Create(temporary);
            await response.Content.CopyToAsync(target);
        }

        await using (FileStream written = File.OpenRead(temporary))
        {
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(written)) != file.Sha256)
            {
                throw Problem($"'{file.Name}' of run {run} did not arrive as it was sent; try again.");
            }
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static HttpRequestMessage Post<T>(string path, T body, JsonTypeInfo<T> type) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };

    private Task<T> Get<T>(string path, JsonTypeInfo<T> type) => Json(new HttpRequestMessage(HttpMethod.Get, path), type);

    private async Task<T> Json<T>(HttpRequestMessage request, JsonTypeInfo<T> type)
    {
        using HttpResponseMessage response = await Send(request, Patience);
        return await Reading(async () => await response.Content.ReadFromJsonAsync(type) ?? throw new JsonException("the answer is empty"));
    }

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, TimeSpan patience)
    {
        using (request)
        {
            using CancellationTokenSource late = new(patience);
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
            throw Problem("what answers there shows no certificate that is trusted here and names this address; name the file of its authority with --ca or BRAINSIM_CA.");
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException or IOException)
        {
            string why = problem is OperationCanceledException ? "it does not answer" : problem.Message.TrimEnd('.');
            throw new UnreachableException(PlaceOf, $"no coordinator can be reached there ({why}); start one with 'brainsim coordinator', or name another with --coordinator or BRAINSIM_COORDINATOR.");
        }
        catch (JsonException problem)
        {
            throw Problem($"what answers there is no coordinator of this version ({problem.Message.TrimEnd('.')}).");
        }
    }

    private async Task<UserMistakeException> Refusal(HttpResponseMessage response)
    {
        ApiProblem? problem = response.Content.Headers.ContentType?.MediaType == ApiProblem.MediaType
            ? await Reading(() => response.Content.ReadFromJsonAsync(ApiJson.Default.ApiProblem))
            : null;
        return problem switch
        {
            null => Problem($"what answers there is no coordinator: it says {(int)response.StatusCode} {response.ReasonPhrase}."),
            { Status: 401 } => Problem($"{problem.Detail.TrimEnd('.')}; give a good one in BRAINSIM_TOKEN, or in a file named by BRAINSIM_TOKEN_FILE (whoever runs the coordinator makes them with 'brainsim token')."),
            { Status: 403 } => Problem($"{problem.Detail.TrimEnd('.')}; ask whoever runs the coordinator for another token."),
            { Mistakes: { Count: > 0 } mistakes } => new UserMistakeException([.. mistakes.Select(m => new Mistake(new Place(m.File, m.Line, m.Column, m.Path), m.Message))]),
            _ => Problem(problem.Detail),
        };
    }

    private UserMistakeException Problem(string message) => new(PlaceOf, message);

    private Place PlaceOf => new(address, 0, 0, "");
}
