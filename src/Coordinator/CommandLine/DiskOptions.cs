using System.CommandLine;
using System.Globalization;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>How much a coordinator keeps, and for how long.</summary>
internal sealed class DiskOptions
{
    private const int MostDays = 36_500;

    private const double LeastGigabytes = 0.01, MostGigabytes = 1e9;

    private readonly Option<string?> keep = new("--keep") { Description = "Days after which the results of a run that has ended are removed; default: never.", HelpName = "DAYS" };

    private readonly Option<string?> quota = new("--quota")
    {
        Description = "GB (10^9 bytes) that may be kept in all; what does not fit is refused, and runs wait. Default: what the disk has.", HelpName = "GB",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(keep);
        command.Options.Add(quota);
    }

    /// <summary>Days; null for ever.</summary>
    /// <exception cref="UserMistakeException">This is no number of days.</exception>
    public int? Keep(ParseResult parsed)
    {
        string? text = parsed.GetValue(keep);
        return text is null ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days is >= 1 and <= MostDays ? days
            : throw new UserMistakeException(new Place(keep.Name, 0, 0, ""), $"'{text}' is no number of days; use 1 to {MostDays}, or leave the option out to keep results for ever.");
    }

    /// <summary>Bytes; null for all.</summary>
    /// <exception cref="UserMistakeException">This is no size.</exception>
    public long? Quota(ParseResult parsed)
    {
        string? text = parsed.GetValue(quota);
        return text is null ? null
            : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double gigabytes) && gigabytes is >= LeastGigabytes and <= MostGigabytes ? (long)(gigabytes * 1e9)
            : throw new UserMistakeException(new Place(quota.Name, 0, 0, ""), $"'{text}' is no size in GB; use a number from 0.01, such as 200.");
    }
}
