#!/usr/bin/env python3
"""Two nodes of one thread each against one process with two threads: COBA with 40,000 neurons and delays of 1 ms.

    bench/cluster.py [--repeat N] [--duration MS]

Starts a coordinator and two nodes on this machine, runs the network in turn both ways, and prints a line of each pair and the best ratio. Both ways
count what lies between the first step and the last. Needs a quiet machine with at least two cores; the first pair warms up and does not count.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile

BRAINSIM = pathlib.Path(__file__).parent.parent / "brainsim"

NETWORK = """
name: coba_cluster
dt: 0.1
duration: {duration}
seed: 42
populations:
  E: {{ size: 32000, model: lif, params: {{tau: 20, V_rest: -60, V_reset: -60, V_th: -50, t_ref: 5}}, init: {{V: "normal(-60, 5)"}} }}
  I: {{ size: 8000, like: E }}
projections:
  - {{ pre: E, post: [E, I], connect: {{fixed_prob: 0.002}}, synapse: exp_cond, params: {{tau: 5, E: 0}}, weight: 0.6, delay: 1 }}
  - {{ pre: I, post: [E, I], connect: {{fixed_prob: 0.002}}, synapse: exp_cond, params: {{tau: 10, E: -80}}, weight: 6.7, delay: 1 }}
inputs:
  - {{ to: E.I, value: 20 }}
  - {{ to: I.I, value: 20 }}
"""


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--duration", type=int, default=5000)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        network = os.path.join(folder, "coba.yaml")
        pathlib.Path(network).write_text(NETWORK.format(duration=options.duration))
        processes = []
        try:
            coordinator = start(processes, "coordinator", "--data", os.path.join(folder, "data"), "--listen", "http://127.0.0.1:0")
            os.environ["BRAINSIM_COORDINATOR"] = re.search(r"http://\S+", coordinator).group()
            for _ in range(2):
                start(processes, "node", "--slots", "1")
            ratios = [pair(network, folder, number) for number in range(options.repeat + 1)][1:]
            print(json.dumps({"best_ratio": max(ratios), "ratios": ratios}))
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait()


def start(processes, *command):
    """Starts a process that serves; returns its first line, which says where."""
    process = subprocess.Popen([BRAINSIM, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    processes.append(process)
    return process.stdout.readline()


def pair(network, folder, number):
    one = manifest(os.path.join(folder, f"one{number}"), "run", network, "--threads", "2", "--quiet", "--out")
    submitted = subprocess.run([BRAINSIM, "submit", network, "--shards", "2", "--wait"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    run = re.search(r"run (\d+)", submitted.stdout).group(1)
    two = manifest(os.path.join(folder, f"two{number}"), "results", run, "--out")
    assert one["state_hash"] == two["state_hash"]
    ratio = round(one["seconds"]["run"] / two["seconds"]["run"], 3)
    where = {f"{line['work']} {line['of']}": line["seconds"] for line in two["times"]}
    print(json.dumps({"process_s": one["seconds"]["run"], "nodes_s": two["seconds"]["run"], "ratio": ratio, "where": where}), flush=True)
    return ratio


def manifest(out, *command):
    subprocess.run([BRAINSIM, *command, out], stdout=subprocess.DEVNULL, check=True)
    return json.loads(pathlib.Path(out, "run.json").read_text())


if __name__ == "__main__":
    main()
