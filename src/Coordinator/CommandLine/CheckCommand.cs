using System.CommandLine;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>check FILE</c>: reads and compiles, builds nothing.</summary>
internal static class CheckCommand
{
    public static Command Define()
    {
        Command command = new("check", "Reads a network file and reports every mistake, without running it.");
        NetworkOptions options = new();
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            NetworkSpec network = options.Read(parsed);
            CompiledNetwork.Of(network);
            long neurons = network.Populations.Sum(p => (long)p.Size);
            Console.WriteLine($"{network.Name}: {neurons:N0} neurons in {network.Populations.Length} populations, {network.Projections.Length} projections, {network.Steps:N0} steps of {network.Grid.Dt} ms; no mistakes found");
            return Cli.Done;
        });
        return command;
    }
}
