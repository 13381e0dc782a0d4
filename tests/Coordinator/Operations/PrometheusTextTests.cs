using BrainSim.Coordinator.Operations;
using Xunit;

namespace BrainSim.Tests.Coordinator.Operations;

public sealed class PrometheusTextTests
{
    [Fact]
    public void NamesUnitsLabelsAndNumbersAreAsPrometheusReadsThem()
    {
        Instrument[] instruments =
        [
            Instrument.Counter("brainsim.node.waiting", "s", "Waiting\nfor \\ others.", ["node", "for"], () => [new Sample(0.25, "a:1", "b\"\\\n"), new Sample(3, "b:1", "c")]),
            Instrument.Gauge("brainsim.disk.free", "By", "Free.", () => 1e13),
            Instrument.Counter("brainsim.steps", "{step}", "Steps.", () => 0),
        ];
        Assert.Equal("""
            # HELP brainsim_node_waiting_seconds_total Waiting\nfor \\ others.
            # TYPE brainsim_node_waiting_seconds_total counter
            brainsim_node_waiting_seconds_total{node="a:1",for="b\"\\\n"} 0.25
            brainsim_node_waiting_seconds_total{node="b:1",for="c"} 3
            # HELP brainsim_disk_free_bytes Free.
            # TYPE brainsim_disk_free_bytes gauge
            brainsim_disk_free_bytes 10000000000000
            # HELP brainsim_steps_total Steps.
            # TYPE brainsim_steps_total counter
            brainsim_steps_total 0

            """, PrometheusText.Write(instruments));
    }
}
