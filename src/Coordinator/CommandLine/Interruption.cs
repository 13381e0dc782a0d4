using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>
/// Ctrl-C and SIGTERM, from here on until Dispose: the first asks the run to stop in good order, so that what was recorded is kept;
/// a later one ends the process at once, as without us.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>Signals this close to the first are the same one: shells and `timeout` send it to the process and to its group.</summary>
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource cancellation = new();
    private readonly PosixSignalRegistration[] signals;
    private long first;

    public Interruption() =>
        signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

    public CancellationToken Token => cancellation.Token;

    public void Dispose()
    {
        Array.ForEach(signals, signal => signal.Dispose());
        cancellation.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        long now = Stopwatch.GetTimestamp();
        long earlier = Interlocked.CompareExchange(ref first, now, 0);
        signal.Cancel = earlier == 0 || Stopwatch.GetElapsedTime(earlier, now) < Echo;
        cancellation.Cancel();
    }
}
