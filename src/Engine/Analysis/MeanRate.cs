namespace BrainSim.Engine.Analysis;

/// <summary>Spikes per neuron and second. Dayan &amp; Abbott 2001, Theoretical Neuroscience, eq. 1.4.</summary>
public static class MeanRate
{
    /// <returns>Hz.</returns>
    public static double Of(SpikeTrains trains) => trains.Spikes.LongCount() / (trains.Neurons * trains.Seconds);
}
