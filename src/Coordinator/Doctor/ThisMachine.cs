using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BrainSim.Coordinator.Doctor;

/// <summary>Finds out about this machine.</summary>
internal static class ThisMachine
{
    private const string Groups = "/sys/fs/cgroup";

    private const int TriedBytes = 1 << 20;

    public static MachineFacts Machine() => new(
        CommandLine.Results.Version, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        Environment.ProcessorCount, Engine.Kernels.Cpu.VectorWidth.Supported.First(), Fma.IsSupported || AdvSimd.Arm64.IsSupported,
        CoresOf(Text($"{Groups}/cpu.max")), MemoryOf(Text("/proc/meminfo")) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, LimitOf(Text($"{Groups}/memory.max")),
        [.. new[] { "/dev/nvidia0", "/dev/kfd", "/dev/dxg" }.Where(File.Exists)]);

    /// <summary>Writes a file there, flushes it to the disk and removes it.</summary>
    public static FolderFacts Folder(string path)
    {
        if (!Directory.Exists(path))
        {
            return new FolderFacts(path, false, null, null, TimeSpan.Zero);
        }

        string tried = Path.Combine(path, $".brainsim-doctor-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        long start = Stopwatch.GetTimestamp();
        string? problem = null;
        try
        {
            using FileStream file = new(tried, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.Write(new byte[TriedBytes]);
            file.Flush(flushToDisk: true);
        }
        catch (Exception why) when (why is IOException or UnauthorizedAccessException)
        {
            problem = why.Message.TrimEnd('.');
        }

        return new FolderFacts(path, true, new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace, problem, Stopwatch.GetElapsedTime(start));
    }

    /// <param name="path">Of a PEM file.</param>
    public static IEnumerable<CertificateFacts> Certificates(string path)
    {
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPem(File.ReadAllText(path));
        }
        catch (Exception why) when (why is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return [Unreadable(path, why.Message.TrimEnd('.'))];
        }

        return found.Count == 0 ? [Unreadable(path, "it holds no certificate")] : [.. found.Select(certificate => About(path, certificate))];
    }

    public static CertificateFacts About(string where, X509Certificate2 certificate) =>
        new(where, certificate.Subject, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(), null);

    /// <summary>Cores of a control group: <c>150000 100000</c> are 1.5, <c>max 100000</c> is no limit.</summary>
    public static double? CoresOf(string? limit) =>
        limit?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var quota, var period] && Number(quota) is { } most && Number(period) is { } of and > 0 ? (double)most / of : null;

    /// <summary>Bytes of a control group; <c>max</c> is no limit.</summary>
    public static long? LimitOf(string? limit) => Number(limit?.Trim());

    /// <summary>Bytes of the line <c>MemTotal: 1234 kB</c>.</summary>
    public static long? MemoryOf(string? meminfo) =>
        meminfo?.Split('\n').FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..]
            ? Number(kilobytes) * 1024 : null;

    private static CertificateFacts Unreadable(string path, string why) => new(path, "", default, default, why);

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string? Text(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
