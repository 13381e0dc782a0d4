using System.CommandLine;
using BrainSim.Engine.Kernels;
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
            foreach (PopulationProgram program in compiled.Programs)
            {
                Explain(program, compiled);
            }

            return Cli.Done;
        });
        return command;
    }

    private static void Explain(PopulationProgram program, CompiledNetwork compiled)
    {
        PopulationSpec population = program.Population;
        Title($"population {population.Name}: {population.Size:N0} neurons of {population.Model.Name}, solver {population.Method}");
        Section("equations", population.Model.Lets.Select(l => $"{l.Name} = {l.Value}").Concat(population.Model.Equations.Select(e => $"d{e.Name}/dt = {e.Value}")));
        Section("found", program.Findings);
        Section("one number for all", program.Uniforms.OrderBy(u => u.Key, StringComparer.Ordinal).Select(u => $"{u.Key} = {u.Value:R}"));
        Section("one number per neuron", program.Columns.Select(c => $"{c.Name} ({c.Kind.ToString().ToLowerInvariant()})"));
        Section("arriving spikes", program.Arrivals.SelectMany(a => a.Jumps.Select(j => $"{a.Projection.Name}: {j.Column} += {j.Size}{(j.LostWhileRefractory ? ", lost while refractory" : "")}")));
        System.Collections.Immutable.ImmutableArray<Engine.Expressions.Expr> derived = [];
        foreach (Pass pass in program.Passes)
        {
            Kernel kernel = compiled.Kernels(program, pass, derived);
            derived = [.. derived, .. kernel.DerivedColumns];
            Section($"update ({pass.Title}{(pass.Repeat > 1 ? $", {pass.Repeat} times" : "")})", pass.Statements.Select(s => s.ToString()!));
            Section("computed once", kernel.DerivedColumns.Select(d => d.ToString()));
            Section("code", kernel.Listing.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
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
        Array.ForEach(all, line => Console.WriteLine($"  {line}"));
        Console.WriteLine();
    }
}
