using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>A number or array that is computed from recordings when the run is over.</summary>
/// <param name="From">First step of the span.</param>
/// <param name="To">First step after the span.</param>
public sealed record MeasureSpec(string Name, MeasureRule Rule, MeasuredNeurons Of, long From, long To, Place Place);

/// <summary>Neurons From, From + Stride, ... before To of a population.</summary>
public sealed record MeasuredNeurons(int Population, int From, int To, int Stride)
{
    public int Count => ((To - From - 1) / Stride) + 1;

    public IEnumerable<int> Ids => Enumerable.Range(0, Count).Select(j => From + (j * Stride));
}

/// <summary>What is computed.</summary>
/// <param name="Unit">Of the result; empty for a bare number.</param>
public abstract record MeasureRule(string Unit)
{
    /// <summary>False for a rule that looks at recorded variables.</summary>
    public virtual bool NeedsSpikes => true;
}

public sealed record MeanRateRule() : MeasureRule("Hz");

public sealed record MeanIntervalRule() : MeasureRule("ms");

/// <param name="MinSpikes">Neurons with fewer spikes are left out.</param>
public sealed record IntervalVariationRule(int MinSpikes) : MeasureRule("");

/// <param name="Width">Steps, whole or not: the deviation of a Gaussian window, or the width of a flat one.</param>
/// <param name="EverySteps">One value every so many steps.</param>
public sealed record SmoothedRateRule(bool IsFlat, double Width, int EverySteps) : MeasureRule("Hz");

public sealed record CrossCorrelationRule(int BinSteps) : MeasureRule("");

/// <param name="SegmentBins">Bins of one periodogram.</param>
public sealed record PowerSpectrumRule(int BinSteps, int SegmentBins) : MeasureRule("Hz²/Hz");

public sealed record VoltageFluctuationRule(string Variable) : MeasureRule("")
{
    public override bool NeedsSpikes => false;
}

/// <summary>A distance of spike trains, neuron by neuron between two groups of equal size.</summary>
public abstract record DistanceRule(MeasuredNeurons With) : MeasureRule("");

/// <param name="Tau">ms.</param>
public sealed record VanRossumRule(MeasuredNeurons With, double Tau) : DistanceRule(With);

/// <param name="Cost">Per ms.</param>
public sealed record VictorPurpuraRule(MeasuredNeurons With, double Cost) : DistanceRule(With);
