using System.Runtime.InteropServices;

namespace BrainSim.Engine.Units;

/// <summary>Numbers outside the garbage collector's heap, aligned to 64 bytes. Grows by doubling. Not thread-safe.</summary>
public sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    private long capacity;

    /// <summary>Zeros.</summary>
    /// <param name="padding">Items beyond the length that may be read and written.</param>
    public NativeArray(long length, int padding = 0)
    {
        Reserve(length + padding);
        Length = length;
    }

    ~NativeArray() => Free();

    /// <summary>Valid until the array grows or is disposed.</summary>
    public T* Pointer { get; private set; }

    public long Length { get; private set; }

    public Span<T> Span => new(Pointer, checked((int)Length));

    public ref T this[long index] => ref Pointer[index];

    public void Add(T item)
    {
        if (Length == capacity)
        {
            Reserve(Math.Max(16, capacity * 2));
        }

        Pointer[Length++] = item;
    }

    public void AddRange(T* items, long count)
    {
        if (Length + count > capacity)
        {
            Reserve(Math.Max(Length + count, capacity * 2));
        }

        Buffer.MemoryCopy(items, Pointer + Length, count * sizeof(T), count * sizeof(T));
        Length += count;
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <exception cref="OutOfMemoryException">The machine has no room.</exception>
    private void Reserve(long wanted)
    {
        nuint bytes = checked((nuint)Math.Max(wanted, 1) * (nuint)sizeof(T));
        T* grown = (T*)NativeMemory.AlignedAlloc(bytes + Alignment, Alignment);
        nuint kept = (nuint)Length * (nuint)sizeof(T);
        if (Pointer != null)
        {
            Buffer.MemoryCopy(Pointer, grown, bytes, kept);
        }

        NativeMemory.Clear((byte*)grown + kept, bytes + Alignment - kept);
        Free();
        Pointer = grown;
        capacity = wanted;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        capacity = 0;
    }
}
