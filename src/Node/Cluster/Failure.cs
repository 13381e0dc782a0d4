using BrainSim.Contracts;
using BrainSim.Engine.Units;

namespace BrainSim.Node.Cluster;

/// <summary>Whose fault an exception is, which says what is done about it.</summary>
internal static class Failure
{
    /// <summary>A defect is told whole, as far as a message takes it.</summary>
    public static (FailureCause Cause, string Message) Of(Exception problem)
    {
        FailureCause cause = problem switch
        {
            UserMistakeException => FailureCause.UserMistake,
            SupplyException or IOException or OutOfMemoryException => FailureCause.Infrastructure,
            DamagedPartException => FailureCause.CheckpointDamaged,
            _ => FailureCause.Defect,
        };
        string message = cause == FailureCause.Defect ? problem.ToString() : problem.Message;
        return (cause, message.Length <= Messages.MostText ? message : message[..Messages.MostText]);
    }
}
