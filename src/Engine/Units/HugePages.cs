using System.Runtime.InteropServices;

namespace BrainSim.Engine.Units;

/// <summary>Memory that is read at random: on Linux in pages of 2 MB where the kernel grants them, so that an address costs no walk through page tables.</summary>
internal static unsafe partial class HugePages
{
    private const nuint PageSize = 2 << 20;

    /// <summary>MADV_HUGEPAGE of madvise(2).</summary>
    private const int AdviceHuge = 14;

    /// <summary>To be freed by <see cref="NativeMemory.AlignedFree"/>. Not cleared.</summary>
    /// <exception cref="OutOfMemoryException">The machine has no room.</exception>
    public static void* Allocate(nuint bytes)
    {
        nuint length = ((bytes / PageSize) + 1) * PageSize;
        void* memory = NativeMemory.AlignedAlloc(length, PageSize);
        if (OperatingSystem.IsLinux())
        {
            // Advice only: where it is refused, small pages serve.
            _ = Advise(memory, length, AdviceHuge);
        }

        return memory;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
