using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>A log in memory.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private volatile TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = [];

    public IReadOnlyList<(LogLevel Level, string Text)> All => [.. lines];

    /// <summary>Of at least that weight.</summary>
    public IEnumerable<string> From(LogLevel level) => lines.Where(line => line.Level >= level).Select(line => line.Text);

    /// <summary>Waits for a line.</summary>
    public async Task Until(Predicate<string> pleases)
    {
        using CancellationTokenSource late = new(Brainsim.Patience);
        while (true)
        {
            Task next = news.Task;
            if (lines.Any(line => pleases(line.Text)))
            {
                return;
            }

            await next.WaitAsync(late.Token);
        }
    }

    public void Use(ILoggingBuilder logging) => logging.AddProvider(this).SetMinimumLevel(LogLevel.Trace);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lines.Enqueue((logLevel, $"{formatter(state, exception)}{exception}"));
        Interlocked.Exchange(ref news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public void Dispose()
    {
    }
}
