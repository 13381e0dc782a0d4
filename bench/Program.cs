using System.Diagnostics;
using System.Globalization;
using BrainSim.Bench;
using BrainSim.Bench.Yardsticks;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Node;

// Usage: brainsim-bench [--threads N] [--repeat N] [--float32] [--yardstick] [CASE ...]
// Prints one line of JSON for every case and repeat, then one with the best run of each case.
List<string> names = [];
int threads = 1;
int repeat = 5;
bool yardstick = false;
List<string> settings = [];
for (int a = 0; a < args.Length; a++)
{
    switch (args[a])
    {
        case "--threads":
            threads = int.Parse(args[++a], CultureInfo.InvariantCulture);
            break;
        case "--repeat":
            repeat = int.Parse(args[++a], CultureInfo.InvariantCulture);
            break;
        case "--float32":
            settings.Add("precision=float32");
            break;
        case "--yardstick":
            yardstick = true;
            break;
        default:
            names.Add(args[a]);
            break;
    }
}

foreach (Case one in Case.All.Where(c => names.Count == 0 || names.Contains(c.Name)))
{
    double best = double.PositiveInfinity;
    double bestYardstick = double.PositiveInfinity;
    for (int r = 0; r < repeat; r++)
    {
        best = Math.Min(best, RunOnce(one));
        if (yardstick && one.File == "coba.yaml")
        {
            bestYardstick = Math.Min(bestYardstick, HandWrittenCoba.Run(one));
        }
    }

    Print($"{{\"case\": \"{one.Name}\", \"best_run_s\": {best:0.0000}, \"bar_s\": {one.Bar}, \"best_yardstick_s\": {(double.IsFinite(bestYardstick) ? bestYardstick.ToString("0.0000", CultureInfo.InvariantCulture) : "null")}}}");
}

double RunOnce(Case one)
{
    Stopwatch watch = Stopwatch.StartNew();
    NetworkSpec network = one.Read(settings);
    CompiledNetwork compiled = CompiledNetwork.Of(network);
    compiled.CompileAll();
    double compile = watch.Elapsed.TotalSeconds;
    using LocalHost host = new(compiled, threads, threads);
    host.Run(_ => { }, CancellationToken.None);
    long neurons = network.Populations.Sum(p => (long)p.Size);
    long spikes = host.Recordings.SpikeCounts.Sum();
    long events = host.Shards.Sum(s => s.State.Arrivals.Sum(a => a.Events));
    string perEvent = events > 0 ? (host.RunSeconds / events * 1e9).ToString("0.00", CultureInfo.InvariantCulture) : "null";
    Print($"{{\"case\": \"{one.Name}\", \"threads\": {threads}, \"precision\": \"{network.Precision}\", \"compile_s\": {compile:0.000}, \"build_s\": {host.BuildSeconds:0.000}, \"run_s\": {host.RunSeconds:0.0000}, \"spikes\": {spikes}, \"events\": {events}, \"ns_per_neuron_step\": {host.RunSeconds / (neurons * (double)network.Steps) * 1e9:0.000}, \"ns_per_event\": {perEvent}, \"state_hash\": \"{host.StateHash[..16]}\"}}");
    return host.RunSeconds;
}

static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
