using System.Globalization;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace BrainSim.Coordinator.Service;

/// <summary>What operators read: one line for each decision, on standard error, so that a program's output stays its own. Text for people on a terminal, JSON for programs elsewhere.</summary>
internal static class Logs
{
    public static void Use(ILoggingBuilder logging) => logging.AddSerilog(ToConsole(), dispose: true);

    /// <param name="forPeople">Else one JSON object for each line, with every value under its name.</param>
    public static ITextFormatter Format(bool forPeople) => forPeople
        ? new Printable(new MessageTemplateTextFormatter("{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {Message:lj}{NewLine}{Exception}", CultureInfo.InvariantCulture))
        : new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture);

    /// <summary>What is worth a line.</summary>
    public static LoggerConfiguration Levels() => new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal); // Whoever starts a host says in one sentence why it did not start.

    /// <summary>A value may be a client's: what would begin another line, or move the cursor, is written by its number instead.</summary>
    private sealed class Printable(ITextFormatter inner) : ITextFormatter
    {
        public void Format(LogEvent logEvent, TextWriter output)
        {
            foreach ((string name, LogEventPropertyValue value) in logEvent.Properties.ToArray())
            {
                if (value is ScalarValue { Value: string text } && text.Any(IsUnseen))
                {
                    logEvent.AddOrUpdateProperty(new LogEventProperty(name, new ScalarValue(string.Concat(text.Select(c => IsUnseen(c) ? $"\\u{(int)c:x4}" : $"{c}")))));
                }
            }

            inner.Format(logEvent, output);
        }

        private static bool IsUnseen(char c) => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
    }

    private static Logger ToConsole() => Levels().WriteTo.Console(Format(forPeople: !Console.IsErrorRedirected), standardErrorFromLevel: LogEventLevel.Verbose).CreateLogger();
}
