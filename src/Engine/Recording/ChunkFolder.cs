using System.Globalization;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Recording;

/// <summary>Chunks on disk: a folder with one file for every shard. The folder appears with the first chunk.</summary>
/// <param name="monitors">How many the network has.</param>
public sealed class ChunkFolder(string folder, int monitors) : IChunkStore, IDisposable
{
    private const string Suffix = ".chunks";

    private readonly Dictionary<int, ChunkFile> files = [];

    public bool Wants(int monitor) => true;

    /// <exception cref="UserMistakeException">The folder cannot be written.</exception>
    public void Take(ChunkKey key, ReadOnlySpan<byte> bytes)
    {
        try
        {
            FileOf(key.Shard).Append(new ChunkHeader(key, bytes), bytes);
        }
        catch (IOException problem)
        {
            throw Unwritable(problem.Message);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw Unwritable(problem.Message);
        }
    }

    /// <summary>What was taken survives the end of power from here on; a checkpoint that relies on it may be kept.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Flush()
    {
        foreach (ChunkFile file in files.Values)
        {
            file.Flush();
        }
    }

    public IEnumerable<Chunk> Of(int monitor, int shard) => File.Exists(PathOf(shard)) ? FileOf(shard).Of(monitor) : [];

    public void DropAfter(long step)
    {
        if (step < 0)
        {
            Delete();
            return;
        }

        Dispose();
        long[] reached = new long[monitors];
        foreach (string path in Paths)
        {
            using ChunkFile file = new(path);
            file.DropAfter(step, chunk => reached[chunk.Key.Monitor] = Math.Max(reached[chunk.Key.Monitor], chunk.Key.To));
        }

        if (reached.Any(to => to != step))
        {
            throw new UserMistakeException(new Place(folder, 0, 0, ""), "no longer holds all that was recorded before the checkpoint; begin the run anew.");
        }
    }

    /// <summary>Forgets all, when it has been put into other files. What others keep in the folder stays.</summary>
    public void Delete()
    {
        Dispose();
        if (!Directory.Exists(folder))
        {
            return;
        }

        Array.ForEach(Paths, File.Delete);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    public void Dispose()
    {
        foreach (ChunkFile file in files.Values)
        {
            file.Dispose();
        }

        files.Clear();
    }

    private ChunkFile FileOf(int shard)
    {
        lock (files)
        {
            if (!files.TryGetValue(shard, out ChunkFile? file))
            {
                Directory.CreateDirectory(folder);
                files.Add(shard, file = new ChunkFile(PathOf(shard)));
            }

            return file;
        }
    }

    private string[] Paths => Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Suffix) : [];

    private string PathOf(int shard) => Path.Combine(folder, shard.ToString("0000", CultureInfo.InvariantCulture) + Suffix);

    private UserMistakeException Unwritable(string reason) =>
        new(new Place(folder, 0, 0, ""), $"cannot be written: {reason} Make room, or name another folder; a run that keeps checkpoints goes on with resume.");
}
