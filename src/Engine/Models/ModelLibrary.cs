using System.Collections.Concurrent;
using System.Reflection;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Models;

/// <summary>The built-in models: YAML files inside this assembly, in the language that users write. Read when first asked for. Thread-safe.</summary>
public static class ModelLibrary
{
    private const string Prefix = "Models.Library.";

    private static readonly Assembly Home = typeof(ModelLibrary).Assembly;
    private static readonly ConcurrentDictionary<string, ModelSpec?> Cache = [];

    public static IReadOnlyList<string> Names { get; } =
        [.. Home.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => n[Prefix.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>Null where there is no such model.</summary>
    public static ModelSpec? Find(string name) => Names.Contains(name) ? Cache.GetOrAdd(name, Load) : null;

    /// <summary>The model's own text.</summary>
    public static string Text(string name)
    {
        using StreamReader reader = new(Home.GetManifestResourceStream(Prefix + name)!);
        return reader.ReadToEnd();
    }

    private static ModelSpec? Load(string name)
    {
        Mistakes mistakes = new();
        Node? node = YamlText.Read($"{name}.yaml", Text(name), mistakes);
        ModelSpec? model = node is null ? null : new ModelReader(mistakes).Read(node);
        if (model is not null)
        {
            model = ChannelExpansion.Expand(model, Find, mistakes);
            ModelCheck.Check(model, mistakes);
        }

        return mistakes.Any || model!.Name != name
            ? throw new InvalidOperationException($"The built-in model {name} is wrong: {string.Join("; ", mistakes.Found)}")
            : model;
    }
}
