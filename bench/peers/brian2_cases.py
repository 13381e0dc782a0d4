"""The standard cases in Brian2, as a C++ program of its own (cpp_standalone), its fastest mode. One biological second, dt 0.1 ms."""
import os
import tempfile
import time

import brian2 as b
import numpy as np

from cases import measure

DURATION = 1000 * b.ms


def run(options, build_network):
    """`build` is the whole of code generation, compiling and wiring; `run` is the loop over steps, as the program itself reports it."""
    b.device.reinit()
    b.set_device("cpp_standalone", build_on_run=False)
    b.device.activate(build_on_run=False)
    b.prefs.devices.cpp_standalone.openmp_threads = 0 if options.threads == 1 else options.threads
    b.start_scope()
    b.defaultclock.dt = 0.1 * b.ms
    b.seed(42)
    start = time.perf_counter()
    neurons, objects = build_network(options)
    monitor = b.SpikeMonitor(neurons, record=False)
    network = b.Network(neurons, monitor, *objects)
    network.run(DURATION)
    with tempfile.TemporaryDirectory(prefix="brian2-") as folder:
        b.device.build(directory=os.path.join(folder, "program"), compile=True, run=True, debug=False)
        total = time.perf_counter() - start
        seconds = b.device._last_run_time
        spikes = monitor.num_spikes
    return total - seconds, seconds, spikes, len(neurons)


def coba(size):
    """Vogels & Abbott 2005, J Neurosci 25:10786; as benchmark 1 of Brette et al. 2007. Conductances in units of the leak."""
    def network(options):
        count = int(size * options.scale)
        excitatory = count * 4 // 5
        neurons = b.NeuronGroup(
            count,
            """dv/dt = (-(v + 60) + ge*(0 - v) + gi*(-80 - v) + 20) / (20*ms) : 1 (unless refractory)
               dge/dt = -ge / (5*ms) : 1
               dgi/dt = -gi / (10*ms) : 1""",
            threshold="v >= -50", reset="v = -60", refractory=5 * b.ms, method="exponential_euler")
        neurons.v = "-60 + 5*randn()"
        from_e = b.Synapses(neurons[:excitatory], neurons, on_pre="ge += 0.6", delay=0.1 * b.ms)
        from_i = b.Synapses(neurons[excitatory:], neurons, on_pre="gi += 6.7", delay=0.1 * b.ms)
        from_e.connect(p=80 / count)
        from_i.connect(p=80 / count)
        return neurons, [from_e, from_i]

    return lambda options: run(options, network)


def hh(options):
    """Hodgkin & Huxley 1952, J Physiol 117:500, with the leak of our hh.yaml; input from 0 to 20 uA/cm2 along the neurons."""
    def network(options):
        neurons = b.NeuronGroup(
            int(10_000 * options.scale),
            """dv/dt = (-120*m**3*h*(v - 50) - 36*n**4*(v + 77) - 0.03*(v + 54.387) + 20.0*i/N) / ms : 1
               dm/dt = (1/exprel(-(v + 40)/10)*(1 - m) - 4*exp(-(v + 65)/18)*m) / ms : 1
               dh/dt = (0.07*exp(-(v + 65)/20)*(1 - h) - h/(1 + exp(-(v + 35)/10))) / ms : 1
               dn/dt = (0.1/exprel(-(v + 55)/10)*(1 - n) - 0.125*exp(-(v + 65)/80)*n) / ms : 1""",
            threshold="v >= 20", refractory="v >= 20", method="exponential_euler")
        neurons.v, neurons.m, neurons.h, neurons.n = -65, 0.5, 0.6, 0.32
        return neurons, []

    return run(options, network)


def brunel(options):
    """Brunel 2000, J Comput Neurosci 8:183, model A: 12,500 neurons, delta pulses, J = 0.1 mV, g = 5, external rate twice that at threshold."""
    def network(options):
        excitatory, inhibitory, from_e, from_i = int(10_000 * options.scale), int(2_500 * options.scale), 1000, 250
        weight, g, theta, tau = 0.1, 5, 20, 20 * b.ms
        neurons = b.NeuronGroup(
            excitatory + inhibitory, "dv/dt = -v / (20*ms) : 1 (unless refractory)",
            threshold="v >= 20", reset="v = 10", refractory=2 * b.ms, method="exact")
        neurons.v = 0
        random = np.random.default_rng(42)
        targets = np.arange(excitatory + inhibitory)
        objects = [b.PoissonInput(neurons, "v", from_e, 2 * theta / (weight * from_e * tau), weight)]
        for group, size, degree, jump in ((neurons[:excitatory], excitatory, from_e, weight), (neurons[excitatory:], inhibitory, from_i, -g * weight)):
            synapses = b.Synapses(group, neurons, on_pre=f"v_post += {jump}*int(not_refractory_post)", delay=1.5 * b.ms)
            synapses.connect(i=random.integers(0, size, degree * len(targets)), j=np.repeat(targets, degree))
            objects.append(synapses)
        return neurons, objects

    return run(options, network)


if __name__ == "__main__":
    b.BrianLogger.log_level_error()
    CASES = {"coba-4000": coba(4_000), "coba-40000": coba(40_000), "hh-10000": hh, "brunel": brunel}
    measure("brian2", b.__version__, CASES, list(CASES))
