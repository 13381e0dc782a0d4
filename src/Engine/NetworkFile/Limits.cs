namespace BrainSim.Engine.NetworkFile;

/// <summary>The largest sizes that a network file may ask for.</summary>
public static class Limits
{
    public const int Populations = 10_000;
    public const int PopulationSize = 100_000_000;
    public const int Projections = 100_000;
    public const int Inputs = 100_000;
    public const int Monitors = 10_000;
    public const int Measures = 10_000;
    public const int Substeps = 10_000;
    public const int GridDimensions = 8;

    /// <summary>Steps between two updates of a population.</summary>
    public const int EverySteps = 1_000_000;

    /// <summary>Shortest step, ms.</summary>
    public const double ShortestStep = 1e-6;

    /// <summary>Longest step, ms.</summary>
    public const double LongestStep = 1e6;
}
