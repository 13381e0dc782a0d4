using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>The models that a network file can name: its own, those of the files that it includes, and the library's. What is used enters the network's hash.</summary>
public sealed class ModelCatalog(NamedFiles files, Mistakes mistakes, IncrementalHash hash)
{
    /// <summary>Faultless lists of models that include no files, so that a text which is read again with other numbers has the same models, and what was derived from them.</summary>
    private static readonly ConditionalWeakTable<Node, Dictionary<string, ModelSpec>> ReadBefore = [];

    private Dictionary<string, ModelSpec> own = [];

    /// <summary>Names of models with mistakes: who names them adds none.</summary>
    private readonly HashSet<string> broken = [];

    /// <summary>Reads <c>models:</c>, a list of models and of <c>include: other.yaml</c>.</summary>
    public void Read(Fields fields)
    {
        Node? list = fields.Take("models");
        if (list is not null && ReadBefore.TryGetValue(list, out Dictionary<string, ModelSpec>? before))
        {
            own = before;
            return;
        }

        ReadAnew(fields);
        bool isWhole = broken.Count == 0 && list is Sequence items && items.Items.All(node => node is Mapping map && map.Find("model") is not null) && own.Count == items.Items.Count;
        if (isWhole)
        {
            ReadBefore.AddOrUpdate(list!, own);
        }
    }

    private void ReadAnew(Fields fields)
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
                mistakes.Add(model.Place.At("model"), $"'{model.Name}' is a built-in model; give yours another name");
            }
            else if (!own.TryAdd(model.Name, model))
            {
                mistakes.Add(model.Place.At("model"), $"there are two models called '{model.Name}'");
            }
        }

        foreach (ModelSpec model in own.Values.ToArray())
        {
            own[model.Name] = Checked(model);
        }
    }

    /// <summary>The model of a name and kind; null where there is none or it has mistakes.</summary>
    public ModelSpec? Find(string name, ModelKind kind, Place place)
    {
        if (broken.Contains(name))
        {
            return null;
        }

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
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(ModelLibrary.Text(name))));
        }

        return model;
    }

    private ModelSpec? FindQuietly(string name) => own.GetValueOrDefault(name) ?? ModelLibrary.Find(name);

    private IEnumerable<string> Names(ModelKind kind) =>
        own.Values.Where(m => m.Kind == kind).Select(m => m.Name)
            .Concat(ModelLibrary.Names.Where(name => ModelLibrary.Find(name)!.Kind == kind));

    private ModelSpec Checked(ModelSpec model)
    {
        if (broken.Contains(model.Name) || model.Channels.Any(use => broken.Contains(use.Channel)))
        {
            broken.Add(model.Name);
            return model;
        }

        Mistakes here = new();
        ModelSpec expanded = ChannelExpansion.Expand(model, FindQuietly, here);
        if (!here.Any)
        {
            ModelCheck.Check(expanded, here);
        }

        Keep(here, model.Name);
        return expanded;
    }

    private void Keep(Mistakes found, string model)
    {
        foreach (Mistake mistake in found.Found)
        {
            mistakes.Add(mistake.Place, mistake.Message);
            broken.Add(model);
        }
    }

    private IEnumerable<ModelSpec> ReadInclude(Mapping map)
    {
        Fields fields = new(map, mistakes);
        string? file = fields.RequiredText("include");
        fields.Done();
        Mistakes inside = new();
        string? path = file is null ? null : files.PathOf(file, fields.PlaceOf("include"), mistakes);
        Node? root = path is null ? null : YamlText.ReadFile(path, inside);
        foreach (Mistake mistake in inside.Found)
        {
            bool hasLine = mistake.Place.Line > 0;
            mistakes.Add(hasLine ? mistake.Place : fields.PlaceOf("include"), hasLine ? mistake.Message : $"{file}: {mistake.Message}");
        }

        if (root is null)
        {
            return [];
        }

        hash.AppendData(new NodeDigest().Of(root));
        return [.. (root is Sequence list ? list.Items : [root]).SelectMany(ReadIncluded)];
    }

    private IEnumerable<ModelSpec> ReadIncluded(Node node)
    {
        if (node is Mapping map && map.Find("include") is { } include)
        {
            mistakes.Add(include.Place, "an included file holds models, and includes no others; name each file in the network file");
            return [];
        }

        return ReadModel(node);
    }

    private IEnumerable<ModelSpec> ReadModel(Node node)
    {
        Mistakes here = new();
        ModelSpec? model = new ModelReader(here).Read(node);
        Keep(here, ((node as Mapping)?.Find("model") as Scalar)?.Text ?? "");
        return model is null ? [] : [model];
    }
}
