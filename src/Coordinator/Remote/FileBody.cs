using System.Net;

namespace BrainSim.Coordinator.Remote;

/// <summary>A file that is sent: however large it is, it has time while it moves.</summary>
/// <param name="late">Is put off with every piece.</param>
internal sealed class FileBody(FileStream file, CancellationTokenSource late, TimeSpan patience) : HttpContent
{
    private const int PieceBytes = 1 << 16;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        byte[] piece = new byte[PieceBytes];
        while (await file.ReadAsync(piece) is > 0 and var read)
        {
            await stream.WriteAsync(piece.AsMemory(0, read), late.Token);
            late.CancelAfter(patience);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = file.Length;
        return true;
    }
}
