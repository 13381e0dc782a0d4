using System.Buffers.Binary;
using System.Numerics;

namespace BrainSim.Contracts.Frames;

public enum FrameKind : byte
{
    /// <summary>What all neurons of the sender did in some steps.</summary>
    Spikes = 1,

    /// <summary>What the sender has got from the receiver: it has used all before FirstStep, and holds all before FirstStep + Steps.</summary>
    Receipt = 2,
}

/// <summary>
/// How every frame between two nodes begins: 48 bytes, little-endian. Magic (4), version (1), kind (1), zero (2), run (8), epoch (4), sender (4), first step (8), steps (4),
/// count (4), length of the body (4), CRC-32C of all that stands before it and of the body (4).
/// </summary>
/// <param name="Sender">The place of the sending node among the nodes of the run.</param>
/// <param name="Count">Of spikes.</param>
/// <param name="BodyBytes">0 to <see cref="MostBodyBytes"/>.</param>
public readonly record struct FrameHeader(FrameKind Kind, long Run, int Epoch, int Sender, long FirstStep, int Steps, int Count, int BodyBytes)
{
    public const int Bytes = 48;

    public const byte Version = 1;

    /// <summary>What a reader must be ready to hold for one frame.</summary>
    public const int MostBodyBytes = 64 << 20;

    private const uint Magic = 0x46535342;

    private const int ChecksumAt = Bytes - sizeof(uint);

    public long EndStep => FirstStep + Steps;

    /// <summary>Writes the header in front of a body that is already there.</summary>
    /// <param name="frame">The whole frame.</param>
    public void Seal(Span<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        frame[4] = Version;
        frame[5] = (byte)Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], Run);
        BinaryPrimitives.WriteInt32LittleEndian(frame[16..], Epoch);
        BinaryPrimitives.WriteInt32LittleEndian(frame[20..], Sender);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], FirstStep);
        BinaryPrimitives.WriteInt32LittleEndian(frame[32..], Steps);
        BinaryPrimitives.WriteInt32LittleEndian(frame[36..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(frame[40..], BodyBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumAt..], Checksum(frame));
    }

    /// <summary>Reads what is enough to know how many bytes follow, and whose they are. Nothing is promised of the body yet: see <see cref="Check"/>.</summary>
    /// <param name="start">At least <see cref="Bytes"/> bytes.</param>
    public static FrameRefusal Read(ReadOnlySpan<byte> start, out FrameHeader header)
    {
        header = default;
        if (start.Length < Bytes)
        {
            return FrameRefusal.WrongLength;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(start) != Magic)
        {
            return FrameRefusal.NoFrame;
        }

        if (start[4] != Version)
        {
            return FrameRefusal.OtherVersion;
        }

        header = new FrameHeader(
            (FrameKind)start[5],
            BinaryPrimitives.ReadInt64LittleEndian(start[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(start[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(start[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(start[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(start[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(start[36..]),
            BinaryPrimitives.ReadInt32LittleEndian(start[40..]));
        return header.BodyBytes > MostBodyBytes ? FrameRefusal.TooLong : header.IsSound(start) ? FrameRefusal.None : FrameRefusal.Malformed;
    }

    /// <summary>Checks a whole frame whose header has been read.</summary>
    public FrameRefusal Check(ReadOnlySpan<byte> frame) =>
        frame.Length != Bytes + BodyBytes ? FrameRefusal.WrongLength
        : Checksum(frame) != BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..]) ? FrameRefusal.WrongChecksum
        : FrameRefusal.None;

    private bool IsSound(ReadOnlySpan<byte> start) =>
        start[6] == 0 && start[7] == 0 && BodyBytes >= 0 && FirstStep >= 0 && FirstStep <= long.MaxValue - int.MaxValue && Count >= 0
        && Kind switch
        {
            FrameKind.Spikes => Steps > 0 && Count <= BodyBytes,
            FrameKind.Receipt => Steps >= 0 && Count == 0 && BodyBytes == 0,
            _ => false,
        };

    private static uint Checksum(ReadOnlySpan<byte> frame) => ~Crc32C(Crc32C(~0u, frame[..ChecksumAt]), frame[Bytes..]);

    private static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return crc;
    }
}
