using System.Runtime.InteropServices;

namespace BrainSim.Node;

/// <summary>Binds threads to processors, where the system can: on Linux, through <c>sched_setaffinity</c>.</summary>
public static partial class Processors
{
    /// <summary>Bytes of a mask with one bit per processor.</summary>
    private const int MaskBytes = 128;

    public static bool CanPin => OperatingSystem.IsLinux();

    /// <summary>Binds the calling thread to one of the processors that the process may use; the index wraps around.</summary>
    /// <returns>False where the system refuses.</returns>
    public static unsafe bool Pin(int index)
    {
        byte* allowed = stackalloc byte[MaskBytes];
        if (!CanPin || GetAffinity(0, MaskBytes, allowed) < 0)
        {
            return false;
        }

        int[] processors = [.. Enumerable.Range(0, MaskBytes * 8).Where(p => (allowed[p / 8] >> (p % 8) & 1) == 1)];
        int chosen = processors[index % processors.Length];
        byte* mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        mask[chosen / 8] = (byte)(1 << (chosen % 8));
        return SetAffinity(0, MaskBytes, mask) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static unsafe partial int GetAffinity(int thread, nint bytes, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static unsafe partial int SetAffinity(int thread, nint bytes, byte* mask);
}
