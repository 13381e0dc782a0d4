namespace BrainSim.Coordinator.Cluster;

/// <summary>What may still go to the coordinator's disk.</summary>
public enum DiskState
{
    /// <summary>All.</summary>
    HasRoom,

    /// <summary>What runs that have begun need; nothing new begins.</summary>
    Short,

    /// <summary>Nothing but the journal: runs wait at their next limit.</summary>
    Full,
}
