using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Units;

namespace BrainSim.Tests.Engine.NetworkFile;

/// <summary>A folder with the arrays that the test networks name.</summary>
public sealed class NetworkFileFixture : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("brainsim-network-").FullName;

    public NetworkFileFixture()
    {
        Arrays("tau.npz", ("tau", [10, 20, 30, 40], []), ("short", [1, 2], []), ("nan", [1, 2, double.NaN, 4], []));
        Arrays("edges.npz", ("pre", [0, 1, 3], []), ("post", [1, 1, 0], []), ("weight", [0.5, 1.5, 2.5], []), ("delay", [0.1, 0.26, 1], []));
        Arrays("bare.npz", ("pre", [0, 1], []), ("post", [1, 0], []));
        Arrays("far.npz", ("pre", [0, 4], []), ("post", [1, 0], []));
        Arrays("table.npz", ("pre", [0, 1, 2, 3], [2, 2]), ("post", [0, 1], []));
        Arrays("late.npz", ("pre", [0], []), ("post", [0], []), ("delay", [-1], []));
        Arrays("in.npz", ("t", [0.25, 0, 0.1], []), ("id", [1, 0, 3], []));
        Arrays("twice.npz", ("t", [0.11, 0.19], []), ("id", [1, 1], []));
        Arrays("current.npz", ("I", [1, 2, 3, 4, 5, 6, 7, 8], [2, 4]), ("flat", [1, 2, 3], []));
        File.WriteAllText(Path.Combine(Folder, "own.yaml"), "- {model: own, kind: neuron, params: {k: 2}, state: {V: k}, inputs: [I], equations: {dV/dt: I - V}}\n");
        File.WriteAllText(Path.Combine(Folder, "circle.yaml"), "- {include: circle.yaml}\n");
        File.WriteAllText(Path.Combine(Folder, "wrong.yaml"), "- {model: wrong, kind: neuron, state: {V: 0},\n   equations: {dV/dt: U}}\n");
        using FileStream big = File.Create(Path.Combine(Folder, "big.yaml"));
        big.SetLength(100_000_000);
    }

    public void Arrays(string file, params (string Name, double[] Data, int[] Shape)[] arrays)
    {
        using NpzWriter writer = new(File.Create(Path.Combine(Folder, file)));
        foreach ((string name, double[] data, int[] shape) in arrays)
        {
            writer.Add<double>(name, data, shape);
        }
    }

    public NetworkSpec Read(string text, params string[] settings) => NetworkReader.ReadText("net.yaml", text, Folder, settings);

    public string[] Mistakes(string text, params string[] settings)
    {
        try
        {
            Read(text, settings);
            return [];
        }
        catch (UserMistakeException problem)
        {
            return [.. problem.Mistakes.Select(m => m.ToString())];
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
