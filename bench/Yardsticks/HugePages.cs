using System.Runtime.InteropServices;

namespace BrainSim.Bench.Yardsticks;

/// <summary>Memory for random reads: on Linux in pages of 2 MB where the kernel grants them, so that an address costs no walk through the page tables. Not cleared, not resident before it is written.</summary>
public sealed unsafe partial class HugePages : IDisposable
{
    private const nuint PageSize = 2 << 20;

    private const int AdviceHuge = 14;

    /// <exception cref="OutOfMemoryException">The machine has no room.</exception>
    public HugePages(long bytes)
    {
        nuint length = ((nuint)bytes + PageSize - 1) / PageSize * PageSize;
        Pointer = (byte*)NativeMemory.AlignedAlloc(length, PageSize);
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(Pointer, length, AdviceHuge);
        }
    }

    public byte* Pointer { get; private set; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
