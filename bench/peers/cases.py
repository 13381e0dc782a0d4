"""What the peers' scripts share: the command line, and a line of JSON per run with the names that ./bench/run uses."""
import argparse
import json


def number(kind, least, most):
    def read(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not least <= value <= most:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number from {least} to {most}")
        return value

    return read


def options(peer, cases):
    parser = argparse.ArgumentParser(description=f"The standard cases in {peer}; one biological second each, dt 0.1 ms.")
    parser.add_argument("--threads", type=number(int, 1, 1024), default=1)
    parser.add_argument("--repeat", type=number(int, 1, 1000), default=1)
    parser.add_argument("--scale", type=number(float, 0.001, 100), default=1.0, help="of the number of neurons; in-degrees stay")
    parser.add_argument("cases", metavar="CASE", nargs="*", help="of " + ", ".join(cases))
    chosen = parser.parse_args()
    unknown = [c for c in chosen.cases if c not in cases]
    if unknown:
        parser.error(f"{unknown[0]}: no such case in {peer}; there are {', '.join(cases)}")
    return chosen


def measure(peer, version, cases, standard):
    """Each case is a function of the options that gives (seconds to build, seconds of stepping, spikes, neurons)."""
    chosen = options(peer, cases)
    for name in chosen.cases or standard:
        best = None
        for _ in range(chosen.repeat):
            build, run, spikes, neurons = cases[name](chosen)
            best = run if best is None else min(best, run)
            print(json.dumps({
                "peer": f"{peer} {version}", "case": name, "scale": chosen.scale, "threads": chosen.threads, "build_s": round(build, 3),
                "run_s": round(run, 4), "spikes": int(spikes), "ns_per_neuron_step": round(run / neurons / 10_000 * 1e9, 3)}), flush=True)
        print(json.dumps({"best": name, "peer": peer, "scale": chosen.scale, "threads": chosen.threads, "run_s": round(best, 4)}), flush=True)
