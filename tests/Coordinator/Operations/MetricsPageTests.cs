using System.Globalization;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Operations;
using BrainSim.Coordinator.Remote;
using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

public sealed class MetricsPageTests
{
    [Fact]
    public async Task ARunOnTwoNodesIsSeenInTheNumbers()
    {
        await using TestCluster cluster = await TestCluster.Start(nodes: 2);
        using CoordinatorClient client = cluster.Client();
        RunView end = await client.Follow(await cluster.Run(Networks.Small, shards: 2), _ => { });
        Assert.Equal(RunState.Done, end.State);
        await cluster.LookAfterDisk();

        HttpResponseMessage answer = await cluster.Http.GetAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Equal(PrometheusText.MediaType, answer.Content.Headers.ContentType!.ToString());
        string page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Dictionary<string, double> numbers = page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        Assert.Equal(1, numbers["brainsim_runs{state=\"done\"}"]);
        Assert.Equal(0, numbers["brainsim_queue"]);
        Assert.Equal(1, numbers["brainsim_runs_ended_total{outcome=\"done\"}"]);
        Assert.Equal(1, numbers["brainsim_epochs_total{cause=\"submitted\"}"]);
        Assert.Equal(200, numbers["brainsim_steps_total"]);
        Assert.InRange(numbers["brainsim_spikes_total"], 1, 1e6);
        Assert.InRange(numbers["brainsim_checkpoints_total"], 1, 200);
        Assert.InRange(numbers["brainsim_checkpoint_size_bytes_total"], 100, 1e9);
        Assert.Equal((2, 2, 0), (numbers["brainsim_nodes"], numbers["brainsim_slots"], numbers["brainsim_shards"]));
        foreach (NodeView node in await client.Nodes())
        {
            Assert.Equal(node.MemoryBytes, numbers[$"brainsim_node_memory_total_bytes{{node=\"{node.Address}\"}}"]);
            Assert.InRange(numbers[$"brainsim_node_memory_used_bytes{{node=\"{node.Address}\"}}"], 1e6, 1e12);
        }

        Assert.InRange(numbers["brainsim_disk_used_bytes{kind=\"journal\"}"], 1000, 1e9);
        Assert.InRange(numbers["brainsim_disk_used_bytes{kind=\"files\"}"], 100, 1e9);
        Assert.InRange(numbers["brainsim_disk_free_bytes"], 1, 1e17);
        Assert.Contains("# TYPE brainsim_node_waiting_seconds_total counter", page, StringComparison.Ordinal);
    }
}
