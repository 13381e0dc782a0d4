using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.Models;
using BrainSim.Engine.Monitors;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>explain FILE</c>: what the compiler understood and made.</summary>
internal static class ExplainCommand
{
    public static Command Define()
    {
        Command command = new("explain", "Shows the equations as understood, what is linear, where synaptic state lives, the update and its code.");
        NetworkOptions options = new();
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            CompiledNetwork compiled = CompiledNetwork.Of(options.Read(parsed));
            Memory(compiled);
            Section("recording, held in memory until a part is full, then on disk (with run --out)", compiled.Network.Monitors.Select(monitor => Recorded(monitor, compiled.Network)));
            foreach (PopulationProgram program in compiled.Programs)
            {
                Understood(program);
                Made(program, compiled);
            }

            return Cli.Done;
        });
        return command;
    }

    private static void Memory(CompiledNetwork compiled)
    {
        (Arrival Arrival, double Synapses, double Bytes)[] all = [.. MemoryNeed.Estimate(compiled.Network, Arrival.AllOf(compiled.Programs))];
        double synapses = all.Sum(a => a.Synapses);
        if (synapses > 0)
        {
            double bytes = all.Sum(a => a.Bytes);
            Section("memory of synapses while they are built", [FormattableString.Invariant($"about {bytes / 1e9:0.###} GB for {synapses:N0} synapses, {bytes / synapses:0.#} bytes each")]);
        }
    }

    private static string Recorded(MonitorSpec monitor, NetworkSpec network)
    {
        long steps = Math.Min(ChunkGrid.StepsOf(monitor, network), network.Steps);
        string Megabytes(long of) => (ChunkGrid.BytesOfRows(monitor, network, of) / 1e6).ToString("0.######", CultureInfo.InvariantCulture);
        return monitor.Kind == MonitorKind.Spikes
            ? string.Create(CultureInfo.InvariantCulture, $"{monitor.Name}: the spikes of {network.Grid.ToMilliseconds(steps):0.######} ms, 8 bytes each, then 12 bytes a spike")
            : $"{monitor.Name}: {Megabytes(steps)} MB, then {Megabytes(network.Steps)} MB in all";
    }

    private static void Understood(PopulationProgram program)
    {
        PopulationSpec population = program.Population;
        Title(string.Create(CultureInfo.InvariantCulture, $"population {population.Name}: {population.Size:N0} {TextTable.Noun(population.Size, "neuron")} of {population.Model.Name}"));
        Section("equations", Equations(population.Model));
        foreach (Arrival arrival in program.Arrivals)
        {
            Section($"synapses {arrival.Projection.Name} of {arrival.Projection.Synapse.Name}", Synapse(arrival));
        }

        Section("what the compiler found", program.Findings);
        Section("one number for all neurons", Aligned(program.Uniforms.OrderBy(u => u.Key, StringComparer.Ordinal), value => value.ToString("R", CultureInfo.InvariantCulture)));
        Section("one number for each neuron", program.Columns.Select(c => $"{c.Name} ({Kind(c.Kind)})"));
    }

    private static IEnumerable<string> Equations(ModelSpec model) =>
    [
        .. model.Lets.Select(l => $"{l.Name} = {l.Value}"),
        .. model.Equations.Select(e => $"d{e.Name}/dt = {e.Value}"),
        .. model.Updates.Select(u => $"{u.Name} becomes {u.Value}"),
    ];

    private static IEnumerable<string> Synapse(Arrival arrival)
    {
        ModelSpec synapse = arrival.Projection.Synapse;
        string current = synapse.Current is { } rule ? $"adds {rule.Value} to {rule.To ?? "the target's input"}" : "";
        return
        [
            .. Equations(synapse),
            .. arrival.Jumps.Select(j => $"a spike adds {j.Size} to {j.Column}{(j.LostWhileRefractory ? ", lost while the target is refractory" : "")}"),
            .. current.Length > 0 ? [current] : Array.Empty<string>(),
        ];
    }

    private static string Kind(ColumnKind kind) => kind switch
    {
        ColumnKind.State => "state",
        ColumnKind.Synaptic => "synaptic state, summed over the neuron's synapses",
        ColumnKind.Fixed => "computed once",
        ColumnKind.Buffer => "handed on within a step",
        ColumnKind.HeldCoupled => "sum over the neuron's synapses, computed before some steps and held in between",
        ColumnKind.Coupled => "sum over the neuron's synapses, computed before every step",
        _ => "a row of an input's table per step",
    };

    private static void Made(PopulationProgram program, CompiledNetwork compiled)
    {
        foreach (Coupling coupling in program.Couplings)
        {
            Section($"{coupling.Projection.Name}, for every synapse before every {Step(coupling.Program.Passes[0].Every)}", coupling.Program.Passes[0].Statements.Select(s => s.ToString()!));
            Section("code", Lines(Kernel.AllOf(coupling.Program, compiled.Kernels)[0].Listing));
        }

        foreach ((Kernel kernel, Pass pass) in Kernel.AllOf(program, compiled.Kernels).Zip(program.Passes))
        {
            Section($"{(pass.Every == 1 ? "one step" : $"every {Step(pass.Every)}")} ({pass.Title}{(pass.Repeat > 1 ? $", {pass.Repeat} times" : "")}; solver {program.Population.Method})", pass.Statements.Select(s => s.ToString()!));
            Section("computed once", kernel.DerivedColumns.Select(d => d.ToString()));
            Section("code", Lines(kernel.Listing));
        }
    }

    private static string Step(int every) => every == 1 ? "step" : string.Create(CultureInfo.InvariantCulture, $"{every} steps");

    private static string[] Lines(string listing) => listing.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Aligned(IEnumerable<KeyValuePair<string, double>> values, Func<double, string> text)
    {
        KeyValuePair<string, double>[] all = [.. values];
        int width = all.Select(v => v.Key.Length).DefaultIfEmpty(0).Max();
        return all.Select(v => $"{v.Key.PadRight(width)} = {text(v.Value)}");
    }

    private static void Title(string text)
    {
        Console.WriteLine(text);
        Console.WriteLine(new string('=', text.Length));
    }

    private static void Section(string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length == 0)
        {
            return;
        }

        Console.WriteLine($"{title}:");
        Array.ForEach(all, line => Console.WriteLine($"  {line.TrimEnd()}"));
        Console.WriteLine();
    }
}
