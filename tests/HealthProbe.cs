using System.Net;
using BrainSim.Contracts;
using BrainSim.Tests.Coordinator;
using Xunit;

namespace BrainSim.Tests;

/// <summary>Asks a process for its health, as an orchestrator does.</summary>
internal sealed class HealthProbe(Uri address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = address };

    public Task<(HttpStatusCode Status, string Text)> Alive() => Ask(Addresses.Alive);

    public Task<(HttpStatusCode Status, string Text)> Ready() => Ask(Addresses.Ready);

    public Task UntilReady() => Until(Ready, HttpStatusCode.OK, "ok");

    /// <summary>Asks again and again until the answer is the one that is waited for.</summary>
    public static async Task Until(Func<Task<(HttpStatusCode Status, string Text)>> ask, HttpStatusCode status, string text)
    {
        using CancellationTokenSource late = new(Brainsim.Patience);
        for ((HttpStatusCode, string) answer = await ask(); answer != (status, $"{text}\n"); answer = await ask())
        {
            Assert.False(late.IsCancellationRequested, $"the last answer is {answer}");
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<(HttpStatusCode Status, string Text)> Ask(string path)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        catch (HttpRequestException problem)
        {
            return (0, problem.Message);
        }
    }
}
