using System.Globalization;

namespace BrainSim.Engine.NetworkFile;

/// <summary>Reads index texts: <c>3</c>, <c>0:10</c>, <c>0:100:5</c>, <c>:</c>.</summary>
public static class Slice
{
    private const int LongestText = 60;

    /// <summary>False with a reason where the text is no slice of <paramref name="size"/> neurons.</summary>
    public static bool TryRead(string text, int size, out (int From, int To, int Stride) range, out string reason)
    {
        range = (0, size, 1);
        reason = $"'{text}' is no index; write 3, 0:10 or 0:100:5";
        string[] parts = text.Length <= LongestText ? text.Trim().Split(':') : [];
        if (parts.Length is 0 or > 3)
        {
            return false;
        }

        if (parts.Length == 1 && parts[0].Length == 0)
        {
            return false;
        }

        if (!Part(parts[0], 0, out int from) || !Part(parts.ElementAtOrDefault(1) ?? "", size, out int to) || !Part(parts.ElementAtOrDefault(2) ?? "", 1, out int stride))
        {
            return false;
        }

        range = (from, parts.Length == 1 ? Math.Min(from, int.MaxValue - 1) + 1 : to, stride);
        reason = stride < 1 || (parts.Length > 1 && from >= range.To)
            ? $"'{text}' selects nothing; write from:to or from:to:stride, with from < to and a stride of at least 1"
            : $"'{text}' does not lie within the neurons 0 to {size - 1}";
        return from >= 0 && range.To <= size && from < range.To && stride >= 1 && (parts.Length > 1 || parts[0].Trim().Length > 0);
    }

    public static int[] Ids((int From, int To, int Stride) range) =>
        [.. Enumerable.Range(0, ((range.To - range.From - 1) / range.Stride) + 1).Select(j => range.From + (j * range.Stride))];

    private static bool Part(string text, int missingMeans, out int value)
    {
        value = missingMeans;
        return text.Trim().Length == 0 || int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value);
    }
}
