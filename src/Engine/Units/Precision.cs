namespace BrainSim.Engine.Units;

/// <summary>How state is held and computed. Times, parameters and their hoisted combinations are always computed in float64.</summary>
public enum Precision
{
    Float64,
    Float32,
}

public static class PrecisionFacts
{
    public static int Bytes(this Precision precision) => precision == Precision.Float64 ? sizeof(double) : sizeof(float);

    public static string Word(this Precision precision) => precision == Precision.Float64 ? "float64" : "float32";
}
