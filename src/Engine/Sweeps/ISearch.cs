namespace BrainSim.Engine.Sweeps;

/// <summary>Looks for the smallest value of a function on the unit cube, batch by batch. All candidates of a batch are judged before the next is asked for, so the order in which they end changes nothing.</summary>
public interface ISearch
{
    /// <summary>The next candidates, each with coordinates in [0, 1]; none when the search has ended.</summary>
    double[][] Ask();

    /// <param name="values">Of the candidates asked for last; +infinity for one that has no value. Never NaN.</param>
    void Tell(double[] values);
}
