using System.CommandLine;
using BrainSim.Coordinator.Access;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>token</c>: makes a token, and the line by which a coordinator knows it.</summary>
internal static class TokenCommand
{
    public static Command Define()
    {
        Option<string> name = new("--name") { Description = "Whose it is, for the log.", HelpName = "NAME", Required = true };
        Option<string> role = new("--role") { Description = $"What it is good for: {string.Join(", ", Roles.Words)}.", HelpName = "ROLE", Required = true };
        Option<string?> until = new("--until") { Description = "Its last day, UTC; default: no end.", HelpName = "YYYY-MM-DD" };
        Command command = new("token", "Makes a token: prints it, this once, and below it the line for the coordinator's tokens file.") { name, role, until };
        command.SetAction(parsed =>
        {
            string token = AccessToken.Draw();
            AccessToken kept = AccessToken.Of(token, Name(parsed.GetRequiredValue(name)), RoleOf(parsed.GetRequiredValue(role)), Until(parsed.GetValue(until)));
            Console.WriteLine(token);
            Console.WriteLine(kept);
            return Cli.Done;
        });
        return command;
    }

    private static string Name(string text) => AccessToken.IsName(text)
        ? text
        : throw Mistake("--name", "a token's name has 1 to 64 letters, digits, dots, hyphens and underscores.");

    private static Role RoleOf(string text) => Roles.Of(text) ?? throw Mistake("--role", $"'{text}' is no role; use {string.Join(", ", Roles.Words)}.{Suggestion.For(text, Roles.Words)}");

    private static DateOnly? Until(string? text) => text is null ? null
        : AccessToken.Day(text) is not { } day ? throw Mistake("--until", $"'{text}' is no day; write YYYY-MM-DD.")
        : day < DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime) ? throw Mistake("--until", $"{text} is over; name a day to come.")
        : day;

    private static UserMistakeException Mistake(string option, string message) => new(new Place(option, 0, 0, ""), message);
}
