using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using BrainSim.Coordinator.Disk;

namespace BrainSim.Coordinator.Store;

/// <summary>
/// Files on their way to the disk: written under a number, hashed, flushed, then renamed to where they belong, so that at any moment a whole file or none has
/// a name. What a crash leaves here is removed at the next start. Any thread may use it.
/// </summary>
public sealed class IncomingFiles
{
    private const int PieceBytes = 1 << 16;

    private readonly string folder;
    private readonly DiskRoom room;
    private readonly Action<string> flush;
    private long last;

    /// <param name="room">That is taken by what comes.</param>
    public IncomingFiles(string folder, DiskRoom room)
        : this(folder, room, FlushNames)
    {
    }

    /// <param name="flush">Makes the names in a folder outlast a crash of the machine.</param>
    internal IncomingFiles(string folder, DiskRoom room, Action<string> flush)
    {
        (this.folder, this.room, this.flush) = (folder, room, flush);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
    }

    /// <summary>A name that nothing has.</summary>
    public string NewName() => Path.Combine(folder, Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture));

    /// <param name="most">Bytes.</param>
    /// <param name="place">Where the file belongs, given its SHA-256 (hexadecimal, small letters); null to refuse it.</param>
    /// <param name="forBegun">It belongs to a run that has begun.</param>
    /// <returns>SHA-256 and bytes; no hash where it was refused.</returns>
    /// <exception cref="TooLargeException">There are more bytes.</exception>
    /// <exception cref="NoRoomException">The disk has no room for it.</exception>
    /// <exception cref="IOException">The content broke off, or the disk is full.</exception>
    public async Task<(string? Sha256, long Bytes)> Keep(Stream content, long most, Func<string, string?> place, CancellationToken cancellation, bool forBegun = false)
    {
        string temporary = NewName();
        try
        {
            (string sha256, long bytes) = await Write(content, most, temporary, forBegun, cancellation);
            if (place(sha256) is not { } path)
            {
                return (null, bytes);
            }

            string into = Path.GetDirectoryName(path)!;
            MakeFolder(into);
            File.Move(temporary, path, overwrite: true);
            flush(into);
            return (sha256, bytes);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<(string Sha256, long Bytes)> Write(Stream content, long most, string path, bool forBegun, CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            long bytes = 0;
            while (await content.ReadAsync(piece, cancellation) is > 0 and var read)
            {
                bytes += read;
                if (bytes > most)
                {
                    throw new TooLargeException(most);
                }

                room.Take(read, forBegun);
                hash.AppendData(piece, 0, read);
                await file.WriteAsync(piece.AsMemory(0, read), cancellation);
            }

            file.Flush(flushToDisk: true);
            return (Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>A new folder is a name in the one above it.</summary>
    private void MakeFolder(string made)
    {
        if (!Directory.Exists(made))
        {
            string above = Path.GetDirectoryName(made)!;
            MakeFolder(above);
            Directory.CreateDirectory(made);
            flush(above);
        }
    }

    /// <summary>A renamed file's name outlasts a crash of the machine only when its folder has been flushed too.</summary>
    private static void FlushNames(string folder)
    {
        if (OperatingSystem.IsWindows() || open(folder, 0) is not (>= 0 and var descriptor))
        {
            return;
        }

        bool flushed = fsync(descriptor) == 0;
        close(descriptor);
        if (!flushed)
        {
            throw new IOException($"the names in {folder} cannot be flushed to the disk.");
        }
    }

    [DllImport("libc", CharSet = CharSet.Ansi)]
    private static extern int open(string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int descriptor);

    [DllImport("libc")]
    private static extern int close(int descriptor);
}

/// <summary>More bytes came than are taken.</summary>
public sealed class TooLargeException(long most) : Exception($"is larger than {most:N0} bytes")
{
    public long Most { get; } = most;
}
