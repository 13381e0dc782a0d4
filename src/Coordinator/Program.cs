using BrainSim.Coordinator.CommandLine;

return Cli.Run(args);
