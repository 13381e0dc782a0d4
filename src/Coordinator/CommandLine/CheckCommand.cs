using System.CommandLine;
using System.Globalization;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>check FILE</c>: reads and compiles, builds nothing.</summary>
internal static class CheckCommand
{
    public static Command Define()
    {
        Command command = new("check", "Reads a network file and reports every mistake, without running it.");
        NetworkOptions options = new();
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            NetworkDocument document = options.Load(parsed);
            SweepPlan? plan = document.Search is null ? null : SweepPlan.Read(document, []);
            NetworkSpec network = plan?.Network ?? document.Read();
            CompiledNetwork.Of(network).CompileAll();
            int points = plan?.Points().Length ?? 0;
            Print(network);
            Console.Write(plan is null ? "" : plan.Spec.Optimize is { } optimize ? $"  optimizes in at most {TextTable.Count(optimize.Evaluations)} evaluations\n" : $"  sweeps over {TextTable.Count(points)} {TextTable.Noun(points, "point")}\n");
            Console.WriteLine("no mistakes found");
            return Cli.Done;
        });
        return command;
    }

    private static void Print(NetworkSpec network)
    {
        Console.WriteLine(network.Title.Length > 0 ? $"{network.Name}: {network.Title}" : network.Name);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {network.Grid.ToMilliseconds(network.Steps):0.######} ms in {network.Steps:N0} steps of {network.Grid.Dt} ms, {network.Precision.ToString().ToLowerInvariant()}, seed {network.Seed}"));
        TextTable table = new();
        foreach (PopulationSpec population in network.Populations)
        {
            table.Add(population.Name, TextTable.Count(population.Size), TextTable.Noun(population.Size, "neuron"), $"{population.Model.Name}{(population.Model.Equations.Length > 0 ? $", {population.Method}" : "")}");
        }

        foreach (ProjectionSpec projection in network.Projections)
        {
            (string count, string rule) = Synapses(network, projection);
            table.Add(projection.Name, count, "synapses", $"{projection.Synapse.Name}, {rule}");
        }

        table.Print(1);
        Console.Write(Line("records", network.Monitors.Where(m => !m.IsHidden).Select(m => m.Name)));
        Console.Write(Line("measures", network.Measures.Select(m => m.Name)));
    }

    /// <summary>Nothing where there are no names.</summary>
    private static string Line(string what, IEnumerable<string> names) => names.Any() ? $"  {what} {string.Join(", ", names)}{Environment.NewLine}" : "";

    /// <summary>How many synapses a rule makes: exactly, or on average.</summary>
    private static (string Count, string Rule) Synapses(NetworkSpec network, ProjectionSpec projection)
    {
        int pre = network.Populations[projection.Pre].Size;
        bool leavesOutSelf = projection.Pre == projection.Post && !projection.Connect.IncludeSelf;
        long possible = (long)pre * (network.Populations[projection.Post].Size - (leavesOutSelf ? 1 : 0));
        return projection.Connect switch
        {
            FixedProbability fixedProbability => ($"~{TextTable.Count((long)Math.Round(fixedProbability.Probability * possible))}",
                string.Create(CultureInfo.InvariantCulture, $"fixed_prob {fixedProbability.Probability}")),
            Pairs pairs => (TextTable.Count(pairs.Pre.Zip(pairs.Post).Count(pair => !leavesOutSelf || pair.First != pair.Second)), "pairs"),
            OneToOne => (TextTable.Count(leavesOutSelf ? 0 : pre), "one_to_one"),
            _ => (TextTable.Count(possible), "all_to_all"),
        };
    }
}
