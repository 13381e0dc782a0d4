using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace BrainSim.Node.Hosting;

/// <summary>
/// Memory that two nodes of one machine share: a <see cref="SharedRing"/> each way. It has a name only until both have it, and only their user may open it. It stays mapped
/// while anybody here can reach it: a thread may still write when another has ended the connection.
/// </summary>
internal sealed unsafe class SharedMemory
{
    public const int NameBytes = 16;

    private const string Folder = "/dev/shm";

    private readonly MemoryMappedViewAccessor view;

    private SharedMemory(FileStream file)
    {
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(file, null, 2 * SharedRing.Bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        view = map.CreateViewAccessor();
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        (FromMaker, ToMaker) = (new SharedRing(this, start), new SharedRing(this, start + SharedRing.Bytes));
    }

    ~SharedMemory()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
    }

    /// <summary>What the node that has made the memory writes.</summary>
    public SharedRing FromMaker { get; }

    public SharedRing ToMaker { get; }

    /// <summary>Makes memory under a new name; null where this machine has none to share.</summary>
    public static SharedMemory? Make(out byte[] name)
    {
        name = RandomNumberGenerator.GetBytes(NameBytes);
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0,
            PreallocationSize = 2 * SharedRing.Bytes, // Memory that turns out to be missing later would end the process.
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return Map(name, options);
    }

    /// <summary>Opens the memory of a name; null where it cannot be had: the other node is in another container, say.</summary>
    public static SharedMemory? Open(ReadOnlySpan<byte> name) =>
        Map(name, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0 });

    /// <summary>Takes the name away, so that nothing is left when both have ended.</summary>
    public static void Forget(ReadOnlySpan<byte> name)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It holds half a megabyte until the machine starts again.
        }
    }

    private static SharedMemory? Map(ReadOnlySpan<byte> name, FileStreamOptions options)
    {
        try
        {
            using FileStream file = new(PathOf(name), options);
            if (options.Mode == FileMode.CreateNew)
            {
                file.SetLength(2 * SharedRing.Bytes);
            }

            return file.Length == 2 * SharedRing.Bytes ? new SharedMemory(file) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    private static string PathOf(ReadOnlySpan<byte> name) => Path.Combine(Folder, $"brainsim-{Convert.ToHexStringLower(name)}");
}
