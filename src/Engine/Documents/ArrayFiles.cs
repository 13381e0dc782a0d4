using BrainSim.Engine.Units;

namespace BrainSim.Engine.Documents;

/// <summary>Reads .npy and .npz files of unknown origin; the content decides which, not the name. Allocates nothing that the file's length cannot justify. Objects of Python are never read.</summary>
public static class ArrayFiles
{
    /// <summary>Of one array: 2 GB as float64.</summary>
    public const int MaxElements = 250_000_000;

    /// <param name="arrayName">Null where the file holds exactly one array; always null for .npy.</param>
    /// <param name="place">Where the user named the file, for mistakes.</param>
    /// <param name="mostBytes">That its numbers may take, as they are in the file and once more as float64; nothing is allocated for more.</param>
    /// <exception cref="ArrayMemoryException">There are more.</exception>
    /// <exception cref="UserMistakeException">When the file or the array is missing, damaged, too large or of another type than numbers.</exception>
    public static NumpyArray Read(string path, string? arrayName, Place place, long mostBytes = long.MaxValue)
    {
        ArraySource source = new(place, path, arrayName) { MostBytes = mostBytes };
        return Open(source, file => IsZip(file) ? Npz.Read(file, source) : ReadSingle(file, source));
    }

    /// <summary>The arrays of an .npz file in the order of the file; none for .npy.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static IReadOnlyList<string> Names(string path, Place place)
    {
        ArraySource source = new(place, path, null);
        return Open<IReadOnlyList<string>>(source, file => IsZip(file) ? Npz.Names(file, source) : []);
    }

    private static NumpyArray ReadSingle(FileStream file, ArraySource source) =>
        source.Array is null
            ? new NumpyArray(Npy.Read(file, file.Length, source), source)
            : throw source.Mistake("this is no .npz archive, so its array has no name; leave the name out");

    private static T Open<T>(ArraySource source, Func<FileStream, T> read)
    {
        if (!File.Exists(source.Path))
        {
            throw source.Mistake(Directory.Exists(source.Path) ? "this is a folder, not a file" : "there is no such file");
        }

        try
        {
            using FileStream file = File.OpenRead(source.Path);
            return file.CanSeek ? read(file) : throw source.Mistake("this is no ordinary file");
        }
        catch (EndOfStreamException)
        {
            throw source.Mistake("the data are cut off");
        }
        catch (InvalidDataException e)
        {
            throw source.Mistake($"the archive is damaged ({e.Message.TrimEnd('.')})");
        }
        catch (IOException e)
        {
            throw source.Mistake($"the file cannot be read ({e.Message.TrimEnd('.')})");
        }
        catch (UnauthorizedAccessException)
        {
            throw source.Mistake("the file may not be read by this user");
        }
    }

    /// <summary>PK, then the mark of an entry or, in an empty archive, of its end. Source: PKWARE APPNOTE 4.3.</summary>
    private static bool IsZip(FileStream file)
    {
        byte[] start = new byte[4];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 4 && start is [(byte)'P', (byte)'K', 3, 4] or [(byte)'P', (byte)'K', 5, 6];
    }
}
