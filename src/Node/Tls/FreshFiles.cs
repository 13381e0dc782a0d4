using BrainSim.Engine.Units;

namespace BrainSim.Node.Tls;

/// <summary>
/// What some small files say, read again when their content has changed, so that they can be replaced while the process lives. Content that cannot be used leaves
/// what was read last, and is complained of once. Any thread may use it.
/// </summary>
public sealed class FreshFiles<T>
    where T : class
{
    private const int MostBytes = 1 << 20;

    /// <summary>Between two looks at the disk. Times of files are not looked at: behind links, as those of a mounted secret, they may stay what they were.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string[] paths;
    private readonly Func<byte[][], T> read;
    private readonly TimeProvider clock;
    private readonly Lock turn = new();
    private byte[][] seen;
    private long looked;
    private bool isGood = true;
    private volatile string? complaint;
    private volatile T now;

    /// <param name="read">Given the content of each file; throws a <see cref="UserMistakeException"/> where it cannot be used.</param>
    /// <exception cref="UserMistakeException">The files cannot be used as they are.</exception>
    public FreshFiles(string[] paths, Func<byte[][], T> read, TimeProvider clock)
    {
        (this.paths, this.read, this.clock) = (paths, read, clock);
        seen = Array.ConvertAll(paths, Content);
        now = read(seen);
        looked = clock.GetTimestamp();
    }

    /// <summary>Told what is wrong with content that came later.</summary>
    public Action<string> Broken { get; set; } = _ => { };

    /// <summary>What is wrong with the content that is there now; null for nothing.</summary>
    public string? Complaint
    {
        get
        {
            _ = Now;
            return complaint;
        }
    }

    public T Now
    {
        get
        {
            if (clock.GetElapsedTime(Volatile.Read(ref looked)) >= LookEvery && turn.TryEnter())
            {
                try
                {
                    Look();
                }
                finally
                {
                    turn.Exit();
                }
            }

            return now;
        }
    }

    private void Look()
    {
        Volatile.Write(ref looked, clock.GetTimestamp());
        try
        {
            byte[][] content = Array.ConvertAll(paths, Content);
            if (content.Zip(seen).Any(pair => !pair.First.AsSpan().SequenceEqual(pair.Second)))
            {
                (seen, isGood) = (content, false);
                now = read(content);
                isGood = true;
            }

            complaint = isGood ? null : complaint;
        }
        catch (UserMistakeException problem)
        {
            if (complaint != problem.Message)
            {
                complaint = problem.Message;
                Broken($"{problem.Mistakes[0]} What was read before stays in use.");
            }
        }
    }

    private static byte[] Content(string path)
    {
        try
        {
            byte[] content = new byte[MostBytes];
            using FileStream file = File.OpenRead(path);
            int length = file.ReadAtLeast(content, MostBytes, throwOnEndOfStream: false);
            return length < MostBytes ? content[..length] : throw new UserMistakeException(new Place(path, 0, 0, ""), $"has {MostBytes:N0} bytes or more; name another file.");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserMistakeException(new Place(path, 0, 0, ""), $"cannot be read: {problem.Message.TrimEnd('.')}.");
        }
    }
}
