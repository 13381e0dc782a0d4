using System.CommandLine;
using BrainSim.Coordinator.Access;
using BrainSim.Coordinator.Service;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>coordinator</c>: takes submissions, places shards, follows runs, recovers them, keeps results.</summary>
internal static class CoordinatorCommand
{
    public static Command Define()
    {
        Option<string> listen = new("--listen") { Description = "Where to listen, for people and for nodes.", HelpName = "URL", DefaultValueFactory = _ => Remote.CoordinatorClient.Default };
        Option<string> data = new("--data") { Description = "Folder for submissions, checkpoints and results.", HelpName = "DIR", Required = true };
        DiskOptions disk = new();
        Command command = new("coordinator", "Serves a cluster: takes submissions, hands them to nodes, keeps results.") { listen, data };
        disk.AddTo(command);
        CoordinatorSecurityOptions security = new();
        security.AddTo(command);
        command.SetAction(parsed =>
            Serve(parsed.GetRequiredValue(listen), parsed.GetRequiredValue(data), security.Choose(parsed), new Disk.DiskPolicy(disk.Quota(parsed), disk.Keep(parsed))).GetAwaiter().GetResult());
        return command;
    }

    /// <summary>Only this method names the service, whose libraries take a while to load.</summary>
    private static async Task<int> Serve(string listen, string data, CoordinatorSecurity security, Disk.DiskPolicy disk)
    {
        await using ClusterHost host = await ClusterHost.Start(listen, data, TimeProvider.System, Logs.Use, security, disk: disk);
        Console.WriteLine($"coordinator listens on {host.Address.GetLeftPart(UriPartial.Authority)}");
        await host.Ended();
        return Cli.Done;
    }
}
