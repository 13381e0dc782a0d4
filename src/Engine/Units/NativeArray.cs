using System.Runtime.InteropServices;

namespace BrainSim.Engine.Units;

/// <summary>Numbers outside the garbage collector's heap, aligned to 64 bytes. Grows by doubling. Not thread-safe.</summary>
public sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    private readonly bool owns = true;
    private long capacity;

    /// <summary>Zeros.</summary>
    /// <param name="padding">Items beyond the length that may be read and written.</param>
    public NativeArray(long length, int padding = 0)
    {
        Reserve(length + padding);
        Length = length;
    }

    /// <summary>A part of another array's memory, which must live longer; it cannot grow.</summary>
    public NativeArray(NativeArray<T> owner, long from, long length)
    {
        owns = false;
        Pointer = owner.Pointer + from;
        Length = length;
        capacity = length;
    }

    private NativeArray(T* memory, long length)
    {
        Pointer = memory;
        Length = length;
        capacity = length;
    }

    ~NativeArray() => Free();

    /// <summary>An array for many random reads. Its items are whatever the memory held.</summary>
    public static NativeArray<T> Large(long length) => new((T*)HugePages.Allocate(checked((nuint)length * (nuint)sizeof(T))), length);

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

    public void AddRange(T* items, long count) => Buffer.MemoryCopy(items, Extend(count), count * sizeof(T), count * sizeof(T));

    /// <summary>Appends items whose values are whatever the memory held.</summary>
    /// <returns>The first of them, valid until the array grows.</returns>
    public T* Extend(long count)
    {
        if (Length + count > capacity)
        {
            Reserve(Math.Max(Length + count, capacity * 2));
        }

        Length += count;
        return Pointer + Length - count;
    }

    public void Clear() => Length = 0;

    /// <summary>Drops items from the end.</summary>
    public void Shrink(long length) => Length = Math.Min(Length, length);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <exception cref="OutOfMemoryException">The machine has no room.</exception>
    private void Reserve(long wanted)
    {
        if (!owns)
        {
            throw new InvalidOperationException("A part of an array cannot grow.");
        }

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
        if (owns)
        {
            NativeMemory.AlignedFree(Pointer);
        }

        Pointer = null;
        capacity = 0;
    }
}
