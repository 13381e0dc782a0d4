using System.Globalization;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace BrainSim.Coordinator.Service;

/// <summary>What operators read: one line for each decision, on standard error, so that a program's output stays its own.</summary>
internal static class Logs
{
    public static void Use(ILoggingBuilder logging) => logging.AddSerilog(ToConsole(), dispose: true);

    private static Logger ToConsole() => new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal) // Whoever starts a host says in one sentence why it did not start.
        .WriteTo.Console(
            standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: CultureInfo.InvariantCulture,
            outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {Message:lj}{NewLine}{Exception}")
        .CreateLogger();
}
