"""The standard cases and the microcircuit in NEST 3 through PyNEST. One biological second, dt 0.1 ms.

Written from the papers and NEST's documented models; not run yet on a machine that has NEST.
"""
import math
import time

import nest
import numpy as np

from cases import measure

SECOND = 1000.0  # ms
DT = 0.1  # ms


def run(options, build_network, transient=0.0):
    nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.SetKernelStatus({"resolution": DT, "local_num_threads": options.threads, "rng_seed": 42})
    start = time.perf_counter()
    neurons = build_network(options)
    nest.Prepare()
    build = time.perf_counter() - start
    if transient > 0:
        nest.Run(transient)
    before = nest.GetKernelStatus("local_spike_counter")
    start = time.perf_counter()
    nest.Run(SECOND)
    seconds = time.perf_counter() - start
    spikes = nest.GetKernelStatus("local_spike_counter") - before
    nest.Cleanup()
    return build, seconds, spikes, neurons


def coba(size):
    """Vogels & Abbott 2005; a leak of 1 nS makes conductances in nS the relative ones of the paper. NEST solves it by an adaptive Runge-Kutta method."""
    def network(options):
        count = int(size * options.scale)
        parameters = {
            "C_m": 20.0, "g_L": 1.0, "E_L": -60.0, "V_reset": -60.0, "V_th": -50.0, "t_ref": 5.0, "I_e": 20.0,
            "E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0}
        neurons = nest.Create("iaf_cond_exp", count, parameters)
        neurons.V_m = nest.random.normal(-60.0, 5.0)
        rule = {"rule": "pairwise_bernoulli", "p": 80.0 / count}
        excitatory = count * 4 // 5
        nest.Connect(neurons[:excitatory], neurons, rule, {"weight": 0.6, "delay": DT})
        nest.Connect(neurons[excitatory:], neurons, rule, {"weight": -6.7, "delay": DT})
        return count

    return lambda options: run(options, network)


def hh(options):
    """Hodgkin & Huxley 1952 with the leak of our hh.yaml, per cm2: pF, nS and pA stand for uF, mS and uA."""
    def network(options):
        count = int(10_000 * options.scale)
        neurons = nest.Create("hh_psc_alpha", count, {
            "C_m": 1.0, "g_Na": 120.0, "g_K": 36.0, "g_L": 0.03, "E_Na": 50.0, "E_K": -77.0, "E_L": -54.387,
            "V_m": -65.0, "Act_m": 0.5, "Inact_h": 0.6, "Act_n": 0.32})
        neurons.I_e = list(20.0 * np.arange(count) / count)
        return count

    return run(options, network)


def brunel(options):
    """Brunel 2000, model A: 12,500 neurons, delta pulses, J = 0.1 mV, g = 5, external rate twice that at threshold."""
    def network(options):
        excitatory, inhibitory, from_e, from_i = int(10_000 * options.scale), int(2_500 * options.scale), 1000, 250
        weight, g, theta, tau, delay = 0.1, 5.0, 20.0, 20.0, 1.5
        neurons = nest.Create("iaf_psc_delta", excitatory + inhibitory, {
            "C_m": 1.0, "tau_m": tau, "E_L": 0.0, "V_m": 0.0, "V_th": theta, "V_reset": 10.0, "t_ref": 2.0})
        background = nest.Create("poisson_generator", params={"rate": 2 * theta / (weight * tau) * 1000})
        nest.Connect(background, neurons, syn_spec={"weight": weight, "delay": delay})
        nest.Connect(neurons[:excitatory], neurons, {"rule": "fixed_indegree", "indegree": from_e}, {"weight": weight, "delay": delay})
        nest.Connect(neurons[excitatory:], neurons, {"rule": "fixed_indegree", "indegree": from_i}, {"weight": -g * weight, "delay": delay})
        return excitatory + inhibitory

    return run(options, network)


SIZES = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948]  # L23E, L23I, L4E, L4I, L5E, L5I, L6E, L6I
BACKGROUND = [1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100]
INITIAL = [(-68.28, 5.36), (-63.16, 4.57), (-63.33, 4.74), (-63.45, 4.94), (-63.11, 4.94), (-61.66, 4.55), (-66.72, 5.46), (-61.43, 4.48)]
PROBABILITIES = [  # row = target, column = source
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0],
    [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443]]
WEIGHT = 87.8  # pA


def microcircuit(options):
    """Potjans & Diesmann 2014, Cereb Cortex 24:785, with Poisson background; the first 100 ms are left out."""
    def network(options):
        populations = []
        for size, degree, (mean, deviation) in zip(SIZES, BACKGROUND, INITIAL):
            neurons = nest.Create("iaf_psc_exp", round(size * options.scale), {
                "C_m": 250.0, "tau_m": 10.0, "E_L": -65.0, "V_th": -50.0, "V_reset": -65.0, "t_ref": 2.0, "tau_syn_ex": 0.5, "tau_syn_in": 0.5})
            neurons.V_m = nest.random.normal(mean, deviation)
            background = nest.Create("poisson_generator", params={"rate": 8.0 * degree})
            nest.Connect(background, neurons, syn_spec={"weight": WEIGHT, "delay": 1.5})
            populations.append(neurons)
        for post, row in enumerate(PROBABILITIES):
            for pre, probability in enumerate(row):
                if probability > 0:
                    connect(populations, post, pre, probability, options.scale)
        return sum(len(p) for p in populations)

    return run(options, network, transient=100.0)


def connect(populations, post, pre, probability, scale):
    excitatory = pre % 2 == 0
    count = round(math.log(1 - probability) / math.log(1 - 1 / (SIZES[post] * SIZES[pre])) * scale)
    weight = WEIGHT * (2 if (post, pre) == (0, 2) else 1) if excitatory else -4 * WEIGHT
    delay = 1.5 if excitatory else 0.75
    bounds = {"min": 0.0, "max": math.inf} if excitatory else {"min": -math.inf, "max": 0.0}
    nest.Connect(
        populations[pre], populations[post], {"rule": "fixed_total_number", "N": count},
        {"weight": nest.math.redraw(nest.random.normal(weight, abs(weight) / 10), **bounds),
         "delay": nest.math.redraw(nest.random.normal(delay, delay / 2), min=DT, max=math.inf)})


if __name__ == "__main__":
    CASES = {"coba-4000": coba(4_000), "coba-40000": coba(40_000), "hh-10000": hh, "brunel": brunel, "microcircuit": microcircuit}
    measure("nest", nest.__version__, CASES, ["coba-4000", "coba-40000", "hh-10000", "brunel"])
