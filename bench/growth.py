#!/usr/bin/env python3
"""How cost grows with size: runs the bench on two threads, prints a table for docs/performance.md and draws docs/growth.svg. Needs a quiet machine, 12 GB and some 5 minutes."""
import json
import math
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERIES = {
    "COBA": [("coba-4000", 1), ("coba-40000", 1), ("coba-400000", 1), ("coba-400000", 10)],
    "microcircuit": [("microcircuit", scale) for scale in (0.1, 0.2, 0.4, 0.7, 1)],
}


def measure(case, scale):
    lines = subprocess.run([ROOT / "bench/run", "--threads", "2", "--repeat", "2", "--scale", str(scale), case], capture_output=True, text=True, check=True).stdout.splitlines()
    runs = [json.loads(line) for line in lines if line.startswith('{"case"')]
    return min(runs, key=lambda run: run["run_s"])


def row(title, run):
    steps = 10_000
    neurons = run["run_s"] / run["ns_per_neuron_step"] * 1e9 / steps
    threads = run["threads"]
    return {
        "title": title, "neurons": round(neurons), "synapses": run["synapses"], "run": run["run_s"], "event": run["run_s"] * threads / max(run["events"], 1) * 1e9,
        "step": run["ns_per_neuron_step"] * threads, "build": run["build_s"] * threads / run["synapses"] * 1e9, "bytes": run["peak_mb"] * 1e6 / run["synapses"],
    }


def table(rows):
    print("| network | neurons | synapses | s per biological s | ns per event | ns per neuron step | build, ns per synapse | peak bytes per synapse |")
    print("|---|---|---|---|---|---|---|---|")
    for r in rows:
        print(f"| {r['title']} | {r['neurons']:,} | {r['synapses']:,} | {r['run']:.3f} | {r['event']:.2f} | {r['step']:.2f} | {r['build']:.0f} | {r['bytes']:.1f} |")


def picture(rows):
    """Thread-nanoseconds per event against synapses, both on logarithmic axes."""
    width, height, left, bottom = 640, 320, 60, 40
    xs = [math.log10(r["synapses"]) for r in rows]
    low_x, high_x, low_y, high_y = math.floor(min(xs)), math.ceil(max(xs)), -0.5, 1.5
    place_x = lambda x: left + (x - low_x) / (high_x - low_x) * (width - left - 20)
    place_y = lambda y: height - bottom - (y - low_y) / (high_y - low_y) * (height - bottom - 20)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>']
    for x in range(low_x, high_x + 1):
        parts.append(f'<line x1="{place_x(x):.0f}" x2="{place_x(x):.0f}" y1="20" y2="{height - bottom}" stroke="#ddd"/><text x="{place_x(x):.0f}" y="{height - bottom + 16}" text-anchor="middle">10^{x}</text>')
    for y in (1, 3, 10, 30):
        parts.append(f'<line x1="{left}" x2="{width - 20}" y1="{place_y(math.log10(y)):.0f}" y2="{place_y(math.log10(y)):.0f}" stroke="#ddd"/><text x="{left - 8}" y="{place_y(math.log10(y)) + 4:.0f}" text-anchor="end">{y}</text>')
    for title, colour in zip(SERIES, ("#1f77b4", "#d62728")):
        points = [(place_x(math.log10(r["synapses"])), place_y(math.log10(r["event"]))) for r in rows if r["title"] == title]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in points)}"/>')
        parts.extend(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{colour}"/>' for x, y in points)
        parts.append(f'<text x="{points[-1][0]:.0f}" y="{points[-1][1] - 10:.0f}" text-anchor="end" fill="{colour}">{title}</text>')
    parts.append(f'<text x="{width / 2:.0f}" y="{height - 6}" text-anchor="middle">synapses</text><text x="14" y="{height / 2:.0f}" transform="rotate(-90 14 {height / 2:.0f})" text-anchor="middle">thread-ns per event, all included</text></svg>')
    (ROOT / "docs/growth.svg").write_text("\n".join(parts) + "\n")


ROWS = [row(title, measure(case, scale)) for title, sizes in SERIES.items() for case, scale in sizes]
table(ROWS)
picture(ROWS)
