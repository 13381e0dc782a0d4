using System.Text;
using BrainSim.Engine.Units;
using YamlDotNet.Core;

namespace BrainSim.Engine.Documents;

/// <summary>Reads YAML of unknown origin in bounded time and memory, without recursion.</summary>
public static class YamlText
{
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Sequences and mappings inside each other.</summary>
    public const int MaxDepth = 64;

    /// <summary>Counted as if every alias were written out.</summary>
    public const int MaxNodes = 200_000;

    /// <summary>A text of more characters counts as several values, so that aliases cannot repeat a large one without end.</summary>
    public const int CharactersPerValue = 1_000;

    public const int MaxKeyLength = 128;

    /// <summary>Every node carries its path, so this bounds the memory of a small file with many nodes under long keys.</summary>
    public const int MaxPathLength = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>Null when the file is missing or breaks the YAML rules or a limit; then there is a mistake. Duplicate keys and tags are mistakes too, but the rest is returned.</returns>
    /// <param name="name">What mistakes call it; null for its path.</param>
    public static Node? ReadFile(string path, Mistakes mistakes, string? name = null)
    {
        Place place = new(name ?? path, 0, 0, "");
        byte[]? bytes = ReadBytes(path, place, mistakes);
        string? text = bytes is null ? null : Decode(bytes, place, mistakes);
        return text is null ? null : Read(place.File, text, mistakes);
    }

    /// <inheritdoc cref="ReadFile"/>
    public static Node? Read(string fileName, string text, Mistakes mistakes)
    {
        Place place = new(fileName, 0, 0, "");
        if (text.Length > MaxBytes)
        {
            mistakes.Add(place, TooLarge(text.Length));
            return null;
        }

        return HasOnlyText(place, text, mistakes) ? Parse(fileName, text, mistakes) : null;
    }

    private static Node? Parse(string fileName, string text, Mistakes mistakes)
    {
        NodeTree tree = new(fileName, mistakes);
        try
        {
            return tree.Read(text);
        }
        catch (YamlException e)
        {
            Mistake mistake = YamlSyntax.Explain(e, fileName);
            mistakes.Add(mistake.Place, mistake.Message);
            return null;
        }
    }

    /// <summary>The parser takes NUL for the end of the text, so that what follows would be lost in silence. YAML 1.2.2, production 1, allows no other control characters.</summary>
    private static bool HasOnlyText(Place place, string text, Mistakes mistakes)
    {
        int at = text.AsSpan().IndexOfAny(YamlSyntax.Forbidden);
        if (at < 0)
        {
            return true;
        }

        ReadOnlySpan<char> before = text.AsSpan(0, at);
        Place there = place with { Line = before.Count('\n') + 1, Column = at - before.LastIndexOf('\n') };
        mistakes.Add(there, $"the control character U+{(int)text[at]:X4} is not allowed in YAML.");
        return false;
    }

    private static byte[]? ReadBytes(string path, Place place, Mistakes mistakes)
    {
        if (Directory.Exists(path) || !File.Exists(path))
        {
            mistakes.Add(place, Directory.Exists(path) ? "this is a folder, not a file." : "there is no such file.");
            return null;
        }

        try
        {
            return ReadLimited(path, place, mistakes);
        }
        catch (IOException e)
        {
            mistakes.Add(place, $"the file cannot be read: {e.Message}");
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            mistakes.Add(place, "the file may not be read by this user.");
            return null;
        }
    }

    private static byte[]? ReadLimited(string path, Place place, Mistakes mistakes)
    {
        using FileStream file = File.OpenRead(path);
        long length = file.CanSeek ? file.Length : 0;
        if (length > MaxBytes)
        {
            mistakes.Add(place, TooLarge(length));
            return null;
        }

        // Devices and pipes say 0, so the length is not the limit.
        byte[] buffer = new byte[length > 0 ? length : MaxBytes + 1];
        int read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (read > MaxBytes)
        {
            mistakes.Add(place, TooLarge(read));
            return null;
        }

        return buffer[..read];
    }

    private static string? Decode(byte[] bytes, Place place, Mistakes mistakes)
    {
        ReadOnlySpan<byte> content = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes;
        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException e)
        {
            mistakes.Add(place, $"the text is not UTF-8 (byte {e.Index}); save the file as UTF-8.");
            return null;
        }
    }

    private static string TooLarge(long length) =>
        FormattableString.Invariant($"the text has {length} bytes or more; at most {MaxBytes} are read. Put large arrays into .npz files.");
}
