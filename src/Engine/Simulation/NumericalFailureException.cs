namespace BrainSim.Engine.Simulation;

/// <summary>A state variable became NaN or infinite: the equations, the parameters or the step do not fit together.</summary>
public sealed class NumericalFailureException(string population, string variable, int id, double value, double milliseconds)
    : Exception($"populations.{population}: {variable} of neuron {id} is {value} at {milliseconds:0.###} ms; the step dt may be too long for these equations, or an input or weight too large");
