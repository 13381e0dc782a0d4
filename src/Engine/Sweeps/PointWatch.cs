using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>Looks at a run at steps that its limits name, so that a point ends at the same step wherever it runs. One of each run; not thread-safe.</summary>
public sealed class PointWatch
{
    private readonly NetworkSpec network;
    private readonly PointLimits limits;
    private readonly long[] counted;
    private readonly long rateSteps;
    private readonly long stopSteps;

    public PointWatch(NetworkSpec network, PointLimits limits)
    {
        this.network = network;
        this.limits = limits;
        counted = new long[network.Populations.Length];
        rateSteps = limits.Rates.IsEmpty ? long.MaxValue : Steps(PointLimits.RateWindow);
        stopSteps = limits.Stop is null ? long.MaxValue : Steps(limits.StopEvery);
    }

    /// <summary>Why the run ends before its time; null while it may go on.</summary>
    public (PointStatus Status, string Reason)? Verdict { get; private set; }

    /// <summary>The next step after one at which <see cref="Look"/> must be called.</summary>
    public long NextLook(long step) => Math.Min(Next(step, rateSteps), Next(step, stopSteps));

    /// <summary>Judges the run as it stands at a step; other steps than those named are passed over.</summary>
    /// <returns>True when the run is over.</returns>
    public bool Look(long step, Recordings recordings)
    {
        if (Verdict is null && step > 0 && step % rateSteps == 0)
        {
            LookAtRates(step, recordings);
        }

        if (Verdict is null && limits.Stop is { } stop && step > 0 && step % stopSteps == 0)
        {
            Dictionary<string, double?> measures = Measures.Of(network, recordings, step).ToDictionary(m => m.Measure.Name, m => m.Number);
            Verdict = stop.Holds(measures) ? (PointStatus.Stopped, $"{stop.Text} at {Milliseconds(step)} ms") : null;
        }

        return Verdict is not null;
    }

    private void LookAtRates(long step, Recordings recordings)
    {
        double seconds = network.Grid.ToMilliseconds(rateSteps) / 1000;
        foreach (PopulationSpec population in network.Populations)
        {
            long spikes = recordings.SpikeCounts[population.Index];
            double rate = (spikes - counted[population.Index]) / (population.Size * seconds);
            counted[population.Index] = spikes;
            if (Verdict is null && limits.Rates.TryGetValue(population.Name, out double most) && rate > most)
            {
                Verdict = (PointStatus.Runaway, FormattableString.Invariant($"{population.Name} fired at {rate:0.##} Hz up to {Milliseconds(step)} ms, where {most:R} Hz are allowed"));
            }
        }
    }

    private long Steps(double milliseconds) => Math.Max(1, network.Grid.Nearest(milliseconds));

    private string Milliseconds(long step) => TimeGrid.Text(network.Grid.ToMilliseconds(step));

    private static long Next(long step, long every) => every == long.MaxValue ? long.MaxValue : ((step / every) + 1) * every;
}
