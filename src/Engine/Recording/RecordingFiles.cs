using System.Runtime.InteropServices;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Recording;

/// <summary>Recordings as NumPy reads them, written in pieces.</summary>
internal static class RecordingFiles
{
    private const int PieceLength = 1 << 16;

    public static void Write(Recordings recordings, NetworkSpec network, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (MonitorSpec monitor in network.Monitors.Where(m => !m.IsHidden))
        {
            using FileStream file = File.Create(Path.Combine(folder, $"{monitor.Name}.npz"));
            using NpzWriter writer = new(file);
            switch (monitor.Kind)
            {
                case MonitorKind.Spikes:
                    WriteSpikes(writer, monitor, recordings);
                    break;
                case MonitorKind.Rate:
                    long bins = recordings.RowCount(monitor.Name);
                    WriteAll(writer, "t", recordings.RowTimes(monitor.Name).Chunk(PieceLength), bins);
                    WriteAll(writer, "rate", recordings.RatePieces(monitor.Name), bins);
                    break;
                default:
                    WriteVariables(writer, monitor, network.Precision, recordings);
                    break;
            }
        }
    }

    private static void WriteSpikes(NpzWriter writer, MonitorSpec monitor, Recordings recordings)
    {
        long count = recordings.SpikesOf(monitor.Name);
        IEnumerable<T[]> Of<T>(Func<RecordedSpike, T> part) => recordings.SpikePieces(monitor.Name).SelectMany(piece => piece.Select(part).Chunk(PieceLength));
        WriteAll(writer, "t", Of(spike => recordings.SpikeTime(spike.Step)), count);
        WriteAll(writer, "id", Of(spike => spike.Id), count);
    }

    private static void WriteVariables(NpzWriter writer, MonitorSpec monitor, Precision precision, Recordings recordings)
    {
        long rows = recordings.RowCount(monitor.Name);
        int width = recordings.Width(monitor.Name);
        WriteAll(writer, "t", recordings.RowTimes(monitor.Name).Chunk(PieceLength), rows);
        WriteIndex(writer, monitor, width);
        foreach (string variable in monitor.Variables)
        {
            IEnumerable<ArraySegment<byte>> pieces = recordings.RowPieces(monitor.Name, variable);
            if (precision == Precision.Float64)
            {
                WriteRows<double>(writer, variable, pieces, rows, width);
            }
            else
            {
                WriteRows<float>(writer, variable, pieces, rows, width);
            }
        }
    }

    /// <summary>Which neuron each column is of.</summary>
    private static void WriteIndex(NpzWriter writer, MonitorSpec monitor, int width)
    {
        if (!monitor.Variables.Contains("index"))
        {
            writer.Add<int>("index", monitor.Ids ?? [.. Enumerable.Range(0, width)]);
        }
    }

    private static void WriteRows<T>(NpzWriter writer, string name, IEnumerable<ArraySegment<byte>> pieces, long rows, int width)
        where T : unmanaged
    {
        using NpzEntry<T> entry = writer.Begin<T>(name, rows, width);
        foreach (ArraySegment<byte> piece in pieces)
        {
            entry.Write(MemoryMarshal.Cast<byte, T>(piece));
        }
    }

    private static void WriteAll<T>(NpzWriter writer, string name, IEnumerable<T[]> pieces, long count)
        where T : unmanaged
    {
        using NpzEntry<T> entry = writer.Begin<T>(name, count);
        foreach (T[] piece in pieces)
        {
            entry.Write(piece);
        }
    }
}
