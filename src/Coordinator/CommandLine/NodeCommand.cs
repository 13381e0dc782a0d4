using System.CommandLine;
using System.Globalization;
using System.Net;
using BrainSim.Coordinator.Service;
using BrainSim.Engine.Units;
using BrainSim.Node.Hosting;
using BrainSim.Node.Tls;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>node</c>: hosts shards for a coordinator until SIGTERM, then hands them over.</summary>
internal sealed class NodeCommand
{
    /// <summary>Most shards of one node.</summary>
    private const int MostSlots = 1024;

    private readonly ClusterOptions cluster = new();
    private readonly NodeSecurityOptions security = new();
    private readonly Option<string?> slots = new("--slots") { Description = "Shards that the node takes at once; default: one per core.", HelpName = "N" };

    private readonly Option<string> listen = new("--listen")
    {
        Description = "Where other nodes reach this one; port 0 chooses one.", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:0",
    };

    public static Command Define()
    {
        NodeCommand node = new();
        Command command = new("node", "Hosts shards for a coordinator; SIGTERM hands them over and ends it.") { node.slots, node.listen };
        node.cluster.AddTo(command);
        node.security.AddTo(command);
        command.SetAction(parsed => node.Serve(parsed).GetAwaiter().GetResult());
        return command;
    }

    private async Task<int> Serve(ParseResult parsed)
    {
        TrustedAuthorities? authorities = cluster.Authorities(parsed);
        IPEndPoint address = Listen(parsed);
        NodeOptions options = new(cluster.Uri(parsed), ClusterOptions.TokenSource(), Slots(parsed), address, Results.Version)
        {
            Authorities = authorities, Links = security.Choose(parsed, address, authorities),
        };
        using Interruption interruption = new();
        await using NodeHost host = await NodeHost.Start(options, Logs.Use);
        Console.WriteLine($"node listens on {host.Address}");
        await using CancellationTokenRegistration drain = interruption.Token.Register(host.Drain);
        await host.Ended;
        return Cli.Done;
    }

    private int Slots(ParseResult parsed)
    {
        string? text = parsed.GetValue(slots);
        return text is null ? Environment.ProcessorCount
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= MostSlots ? number
            : throw new UserMistakeException(new Place(slots.Name, 0, 0, ""), $"'{text}' is no number of slots; use 1 to {MostSlots}.");
    }

    private IPEndPoint Listen(ParseResult parsed)
    {
        string text = parsed.GetRequiredValue(listen);
        bool isAddress = IPEndPoint.TryParse(text, out IPEndPoint? address) && text.Contains(':') && !address.Address.Equals(IPAddress.Any) && !address.Address.Equals(IPAddress.IPv6Any);
        return isAddress ? address! : throw new UserMistakeException(new Place(listen.Name, 0, 0, ""), $"'{text}' is no address at which other nodes could reach this one; write 10.0.0.7:7412, or 127.0.0.1:0 on one machine.");
    }
}
