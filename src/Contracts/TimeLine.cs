namespace BrainSim.Contracts;

/// <summary>A line of where a node's time went, since the run was last taken up.</summary>
/// <param name="Node">Its address.</param>
/// <param name="Work">What was done: <c>stepping</c> or <c>waiting</c>.</param>
/// <param name="Of">Who stepped, or what was waited for: <c>shard 3</c>, <c>shard 3 for others here</c> (of the same node, and with them for what is done between rounds), <c>the coordinator</c>, or another node's address.</param>
/// <param name="Seconds">On the wall; for a shard beside the others of its node.</param>
public sealed record TimeLine(string Node, string Work, string Of, double Seconds);
