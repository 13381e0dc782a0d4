using System.Text;
using BrainSim.Contracts;

namespace BrainSim.Node.Hosting;

/// <summary>
/// How a connection between two nodes begins: the word BSIMLINK, a version (1 byte), 1 where the opener would share memory (1), the length (1) and the text of the address at
/// which the opener is reached.
/// </summary>
internal static class LinkGreeting
{
    private const byte Version = 2;

    private const int FixedBytes = 11;

    private static ReadOnlySpan<byte> Magic => "BSIMLINK"u8;

    /// <param name="address">At most 255 bytes.</param>
    public static byte[] Of(string address, bool shares) => [.. Magic, Version, shares ? (byte)1 : (byte)0, checked((byte)Encoding.UTF8.GetByteCount(address)), .. Encoding.UTF8.GetBytes(address)];

    /// <returns>The opener's address; null where this is no such connection, or the address is none.</returns>
    public static string? Read(FrameReader input, out bool shares)
    {
        shares = false;
        ReadOnlySpan<byte> head = input.Take(FixedBytes);
        if (head.IsEmpty || !head.StartsWith(Magic) || head[Magic.Length] != Version || head[^1] == 0)
        {
            return null;
        }

        shares = head[Magic.Length + 1] != 0;
        ReadOnlySpan<byte> text = input.Take(head[^1]);
        return !text.IsEmpty && Encoding.UTF8.GetString(text) is var address && Addresses.IsPeer(address) ? address : null;
    }
}
