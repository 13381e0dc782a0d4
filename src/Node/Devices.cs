namespace BrainSim.Node;

/// <summary>Graphics processors of this machine, as the system shows them. None is used yet.</summary>
public static class Devices
{
    /// <summary>Files of drivers: NVIDIA's, AMD's, and the one of Windows' Linux.</summary>
    private static readonly string[] Known = ["/dev/nvidia0", "/dev/kfd", "/dev/dxg"];

    public static IReadOnlyList<string> Seen() => [.. Known.Where(File.Exists)];
}
