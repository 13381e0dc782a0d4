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

    /// <summary>Source: RFC 5280, 4.2.1.12 and 4.2.1.6.</summary>
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1", AlternativeNames = "2.5.29.17";

    public static MachineFacts Machine() => new(
        CommandLine.Results.Version, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        Environment.ProcessorCount, Engine.Kernels.Cpu.VectorWidth.Supported.First(), Fma.IsSupported || AdvSimd.Arm64.IsSupported,
        CoresOf(Text($"{Groups}/cpu.max")), MemoryOf(Text("/proc/meminfo")) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, LimitOf(Text($"{Groups}/memory.max")),
        Node.Devices.Seen());

    /// <summary>Writes a file there, flushes it to the disk and removes it. Of a folder that is not there yet, in the one in which it would be made.</summary>
    public static FolderFacts Folder(string path)
    {
        string there = Path.GetFullPath(path);
        while (!Directory.Exists(there) && !File.Exists(there) && Path.GetDirectoryName(there) is { } above)
        {
            there = above;
        }

        string tried = Path.Combine(there, $".brainsim-doctor-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
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

        return new FolderFacts(path, Directory.Exists(path), new DriveInfo(there).AvailableFreeSpace, problem, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>What a process is to show of itself, and those of the authorities behind it.</summary>
    /// <param name="path">Of a PEM file.</param>
    /// <param name="key">Of a PEM file; null where it is not to be looked at.</param>
    public static IEnumerable<CertificateFacts> Shown(string path, string? key)
    {
        CertificateFacts[] all = [.. Certificates(path)];
        if (all[0].Problem is null)
        {
            using X509Certificate2 own = X509CertificateLoader.LoadCertificateFromFile(path);
            bool isForServers = own.Extensions.OfType<X509EnhancedKeyUsageExtension>().All(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(usage => usage.Value == ServerAuth));
            all[0] = all[0] with { Own = new ShownFacts(NamesOf(own), isForServers, key is null ? null : KeyProblem(path, key)) };
        }

        return all;
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

    private static string[] NamesOf(X509Certificate2 certificate) =>
    [
        .. certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNames).Select(extension => new X509SubjectAlternativeNameExtension(extension.RawData))
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))),
    ];

    private static string? KeyProblem(string path, string key)
    {
        try
        {
            using X509Certificate2 both = X509Certificate2.CreateFromPemFile(path, key);
            return null;
        }
        catch (Exception why) when (why is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return why.Message.TrimEnd('.');
        }
    }

    private static CertificateFacts Unreadable(string path, string why) => new(path, "", default, default, why);

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string? Text(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
