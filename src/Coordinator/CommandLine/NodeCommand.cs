using System.CommandLine;
using System.Globalization;
using System.Net;
using BrainSim.Contracts;
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
        Description = "Where other nodes reach this one, unless --advertise says otherwise; port 0 chooses one.", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:0",
    };

    private readonly Option<string?> advertise = new("--advertise")
    {
        Description = "Where other nodes are told that they reach this one; needed where --listen takes every address of the machine.", HelpName = "HOST[:PORT]",
    };

    private readonly Option<string?> health = new("--health") { Description = $"Serves {Addresses.Alive} and {Addresses.Ready} by HTTP there; default: nowhere.", HelpName = "ADDRESS:PORT" };

    public static Command Define()
    {
        NodeCommand node = new();
        Command command = new("node", "Hosts shards for a coordinator; SIGTERM hands them over and ends it.") { node.slots, node.listen, node.advertise, node.health };
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
            Advertise = parsed.GetValue(advertise) is { } text ? AdvertisedAddress.Parse(text) : null, Health = Health(parsed),
            Authorities = authorities, Links = security.Choose(parsed, address, authorities),
        };
        using Interruption interruption = new();
        using Operations.Telemetry telemetry = new(NodeMeter.Name, []);
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
        IPEndPoint? address = EndPoint(text);
        return address is not null && (!IsEverywhere(address) || parsed.GetValue(advertise) is not null)
            ? address
            : throw new UserMistakeException(new Place(listen.Name, 0, 0, ""), address is null
                ? $"'{text}' is no address to listen to; write 10.0.0.7:7412, or 127.0.0.1:0 on one machine."
                : $"'{text}' is no address at which other nodes could reach this one; say with --advertise HOST where they do, or write 10.0.0.7:7412, or 127.0.0.1:0 on one machine.");
    }

    private IPEndPoint? Health(ParseResult parsed) => parsed.GetValue(health) is not { } text ? null
        : EndPoint(text) ?? throw new UserMistakeException(new Place(health.Name, 0, 0, ""), $"'{text}' is no address to listen to; write 0.0.0.0:7413, or 127.0.0.1:7413 for this machine only.");

    /// <summary>Null where the text is none with a port.</summary>
    private static IPEndPoint? EndPoint(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? address) && text.LastIndexOf(':') is var colon && colon >= 0 && (text.IndexOf(':') == colon || text[colon - 1] == ']') ? address : null;

    private static bool IsEverywhere(IPEndPoint address) => address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
}
