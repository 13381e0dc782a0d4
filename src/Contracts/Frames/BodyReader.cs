namespace BrainSim.Contracts.Frames;

/// <summary>Reads the body of a frame. A false answer means that it does not hold what it should, and it is not read further.</summary>
public ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> rest = body;

    public readonly bool IsAtEnd => rest.IsEmpty;

    /// <param name="number">At most 2^31 - 1, in the fewest bytes that hold it.</param>
    public bool TryNumber(out int number)
    {
        uint value = 0;
        for (int i = 0; i < 5 && i < rest.Length; i++)
        {
            byte next = rest[i];
            value |= (uint)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                number = (int)value;
                rest = rest[(i + 1)..];
                return (next != 0 || i == 0) && (i < 4 || next < 8);
            }
        }

        number = 0;
        return false;
    }

    public bool TryBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bool there = count >= 0 && count <= rest.Length;
        bytes = there ? rest[..count] : default;
        rest = there ? rest[count..] : rest;
        return there;
    }
}
