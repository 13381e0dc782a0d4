using System.Diagnostics;
using System.Globalization;
using BrainSim.Tests.Engine.Documents;

namespace BrainSim.Tests.Coordinator.Service;

/// <summary>A disk in memory that is soon full. Needs the right to mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SmallDisk(int megabytes)
    {
        Directory.CreateDirectory(At(""));
        Refusal = OperatingSystem.IsLinux() ? Run("mount", "-t", "tmpfs", "-o", $"size={megabytes.ToString(CultureInfo.InvariantCulture)}m", "tmpfs", folder.At("disk")) : "this is no Linux";
    }

    /// <summary>Why there is none; null where there is.</summary>
    public string? Refusal { get; }

    public string At(string name) => Path.Combine(folder.At("disk"), name);

    /// <summary>To the last byte.</summary>
    public void Fill()
    {
        using FileStream file = new(At("filling"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] piece = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(piece);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Clear() => File.Delete(At("filling"));

    public void Dispose()
    {
        if (Refusal is null)
        {
            Run("umount", "-l", folder.At("disk"));
        }

        folder.Dispose();
    }

    /// <returns>What it complains of; null where it does not.</returns>
    private static string? Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
