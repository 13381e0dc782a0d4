namespace BrainSim.Tests.ClusterSimulation;

/// <summary>Somebody who submits something, asks again until it is taken, and knows what it must come to.</summary>
internal interface IClient
{
    bool IsDone { get; }

    void Submit();

    /// <summary>What was answered is never lost.</summary>
    void CheckThatNothingIsLost();

    void CheckThatItMoves();

    /// <summary>What it came to.</summary>
    void Check();
}
