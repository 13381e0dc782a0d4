using System.Security.Cryptography;
using System.Text;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>The models that a network file can name: its own, those of the files that it includes, and the library's. What is used enters the network's hash.</summary>
public sealed class ModelCatalog(string folder, Mistakes mistakes, IncrementalHash hash)
{
    private readonly Dictionary<string, ModelSpec> own = [];

    /// <summary>Reads <c>models:</c>, a list of models and of <c>include: other.yaml</c>.</summary>
    public void Read(Fields fields)
    {
        List<ModelSpec> read = [];
        foreach (Node node in fields.List("models"))
        {
            read.AddRange(node is Mapping map && map.Find("include") is not null ? ReadInclude(map) : ReadModel(node));
        }

        foreach (ModelSpec model in read)
        {
            if (ModelLibrary.Names.Contains(model.Name))
            {
                mistakes.Add(model.Place, $"'{model.Name}' is a built-in model; give yours another name");
            }
            else if (!own.TryAdd(model.Name, model))
            {
                mistakes.Add(model.Place, $"there are two models called '{model.Name}'");
            }
        }

        foreach (ModelSpec model in read.ToArray())
        {
            ModelSpec expanded = ChannelExpansion.Expand(model, FindQuietly, mistakes);
            own[model.Name] = expanded;
            ModelCheck.Check(expanded, mistakes);
        }
    }

    /// <summary>The model of a name and kind; a mistake and null where there is none.</summary>
    public ModelSpec? Find(string name, ModelKind kind, Place place)
    {
        ModelSpec? model = FindQuietly(name);
        string word = kind.ToString().ToLowerInvariant();
        if (model is null)
        {
            mistakes.Add(place, $"there is no {word} model '{name}'.{Suggestion.For(name, Names(kind))}");
            return null;
        }

        if (model.Kind != kind)
        {
            mistakes.Add(place, $"'{name}' is a {model.Kind.ToString().ToLowerInvariant()} model where a {word} model is needed");
            return null;
        }

        if (!own.ContainsKey(name))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(ModelLibrary.Text(name)));
        }

        return model;
    }

    private ModelSpec? FindQuietly(string name) => own.GetValueOrDefault(name) ?? ModelLibrary.Find(name);

    private IEnumerable<string> Names(ModelKind kind) =>
        own.Values.Where(m => m.Kind == kind).Select(m => m.Name)
            .Concat(ModelLibrary.Names.Where(name => ModelLibrary.Find(name)!.Kind == kind));

    private IEnumerable<ModelSpec> ReadInclude(Mapping map)
    {
        Fields fields = new(map, mistakes);
        string? file = fields.RequiredText("include");
        fields.Done();
        Node? root = file is null ? null : YamlText.ReadFile(Path.GetFullPath(file, folder), mistakes);
        if (root is null)
        {
            return [];
        }

        StringBuilder text = new();
        NodeText.Append(text, root);
        hash.AppendData(Encoding.UTF8.GetBytes(text.ToString()));
        return root is Sequence list ? list.Items.SelectMany(ReadModel) : ReadModel(root);
    }

    private IEnumerable<ModelSpec> ReadModel(Node node) => new ModelReader(mistakes).Read(node) is { } model ? [model] : [];
}
