using BrainSim.Engine.Units;
using YamlDotNet.Core;
using Yaml = YamlDotNet.Core.Events;

namespace BrainSim.Engine.Documents;

/// <summary>Builds nodes from the parser's events with a stack of its own. Used once.</summary>
internal sealed class NodeTree(string fileName, Mistakes mistakes)
{
    private readonly Stack<OpenNode> open = new();
    private readonly Dictionary<string, Measured?> anchors = new(StringComparer.Ordinal);
    private Node? root;
    private int documents;
    private long nodes;
    private bool refused;

    /// <param name="Height">Levels of sequences and mappings in it; 0 for a scalar.</param>
    /// <param name="Nodes">With every alias written out.</param>
    private readonly record struct Measured(Node Node, int Height, long Nodes);

    /// <summary>A sequence or mapping whose end has not come.</summary>
    private sealed class OpenNode(Place place, string anchor, bool isMapping, long nodesBefore)
    {
        public readonly Place Place = place;
        public readonly string Anchor = anchor;
        public readonly bool IsMapping = isMapping;
        public readonly long NodesBefore = nodesBefore;
        public readonly List<Node> Items = [];
        public readonly List<MappingEntry> Entries = [];
        public readonly Dictionary<string, int> LineOfKey = new(StringComparer.Ordinal);
        public string? Key;
        public Place KeyPlace = place;
        public int Height = 1;

        public bool WantsKey => IsMapping && Key is null;

        public Node Close() => IsMapping ? new Mapping(Place, Entries) : new Sequence(Place, Items);
    }

    /// <exception cref="YamlException">When the text is no YAML.</exception>
    public Node? Read(string text)
    {
        Scanner scanner = new(new StringReader(text));
        Parser parser = new(scanner);
        while (!refused && Advance(parser, scanner))
        {
            Accept(parser.Current!);
        }

        if (!refused && (root is null or Scalar { Quoted: false, Text: "" }))
        {
            Refuse(new Place(fileName, 0, 0, ""), "the file is empty.");
        }

        return refused ? null : root;
    }

    /// <summary>YamlDotNet 16.3 throws InvalidOperationException where a plain text in an open bracket goes on in the next line and meets a colon.</summary>
    private static bool Advance(Parser parser, Scanner scanner)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (InvalidOperationException)
        {
            throw new SyntaxErrorException(scanner.CurrentPosition, scanner.CurrentPosition, YamlSyntax.OpenBracket);
        }
    }

    private void Accept(Yaml.ParsingEvent happened)
    {
        switch (happened)
        {
            case Yaml.DocumentStart start when ++documents > 1:
                Refuse(PlaceOf(start), "a second document begins here; a file holds one.");
                break;
            case Yaml.Scalar scalar when open.TryPeek(out OpenNode? parent) && parent.WantsKey:
                AddKey(parent, scalar);
                break;
            case Yaml.Scalar scalar:
                AddScalar(scalar);
                break;
            case Yaml.SequenceStart start:
                Open(start, isMapping: false);
                break;
            case Yaml.MappingStart start:
                Open(start, isMapping: true);
                break;
            case Yaml.SequenceEnd or Yaml.MappingEnd:
                Close();
                break;
            case Yaml.AnchorAlias alias:
                AddAlias(alias);
                break;
        }
    }

    private void AddKey(OpenNode parent, Yaml.Scalar scalar)
    {
        Place place = PlaceOf(scalar, parent.Place.Path);
        RefuseTag(scalar, place);
        if (KeyFault(scalar) is string fault)
        {
            Refuse(place, fault);
            return;
        }

        parent.Key = scalar.Value;
        parent.KeyPlace = place.At(scalar.Value);
        if (parent.KeyPlace.Path.Length > YamlText.MaxPathLength)
        {
            Refuse(place, $"the keys down to this one have more than {YamlText.MaxPathLength} characters together.");
        }
    }

    private static string? KeyFault(Yaml.Scalar key)
    {
        bool plain = key.Style == ScalarStyle.Plain;
        return key switch
        {
            { Value: "" } => "a key is missing before this colon.",
            { Value: "<<" } when plain => "merge keys (<<) are not supported; write the keys out.",
            { Anchor.IsEmpty: false } => "a key cannot have an anchor.",
            { Value.Length: > YamlText.MaxKeyLength } => $"a key has at most {YamlText.MaxKeyLength} characters.",
            _ => null,
        };
    }

    private void AddScalar(Yaml.Scalar scalar)
    {
        Place place = PlaceOfValue(scalar);
        RefuseTag(scalar, place);
        long count = 1 + (scalar.Value.Length / YamlText.CharactersPerValue);
        if (Spend(count, place))
        {
            Scalar node = new(place, scalar.Value, scalar.Style != ScalarStyle.Plain);
            Name(scalar.Anchor, new Measured(node, 0, count));
            Attach(node, 0);
        }
    }

    private void AddAlias(Yaml.AnchorAlias alias)
    {
        Place place = PlaceOfValue(alias);
        if (RefuseAsKey(place))
        {
            return;
        }

        if (anchors.GetValueOrDefault(alias.Value.Value) is not Measured target)
        {
            Refuse(place, $"no anchor &{Scalars.Shorten(alias.Value.Value)} ends before this alias.");
        }
        else if (Spend(target.Nodes, place) && !TooDeep(target.Height, place))
        {
            Attach(target.Node, target.Height);
        }
    }

    private void Open(Yaml.NodeEvent start, bool isMapping)
    {
        Place place = PlaceOfValue(start);
        if (RefuseAsKey(place) || TooDeep(1, place) || !Spend(1, place))
        {
            return;
        }

        RefuseTag(start, place);
        Name(start.Anchor, null);
        open.Push(new OpenNode(place, start.Anchor.IsEmpty ? "" : start.Anchor.Value, isMapping, nodes - 1));
    }

    private void Close()
    {
        OpenNode done = open.Pop();
        Node node = done.Close();
        if (done.Anchor.Length > 0)
        {
            anchors[done.Anchor] = new Measured(node, done.Height, nodes - done.NodesBefore);
        }

        Attach(node, done.Height);
    }

    private void Attach(Node node, int height)
    {
        if (!open.TryPeek(out OpenNode? parent))
        {
            root = node;
            return;
        }

        parent.Height = Math.Max(parent.Height, height + 1);
        if (!parent.IsMapping)
        {
            parent.Items.Add(node);
            return;
        }

        AttachEntry(parent, new MappingEntry(parent.Key!, parent.KeyPlace, node));
        parent.Key = null;
    }

    private void AttachEntry(OpenNode parent, MappingEntry entry)
    {
        if (parent.LineOfKey.TryAdd(entry.Key, entry.KeyPlace.Line))
        {
            parent.Entries.Add(entry);
            return;
        }

        mistakes.Add(entry.KeyPlace, $"this key is written twice, first in line {parent.LineOfKey[entry.Key]}.");
    }

    private void Name(AnchorName anchor, Measured? meaning)
    {
        if (!anchor.IsEmpty)
        {
            anchors[anchor.Value] = meaning;
        }
    }

    private bool Spend(long count, Place place)
    {
        nodes += count;
        if (nodes > YamlText.MaxNodes)
        {
            Refuse(place, $"more than {YamlText.MaxNodes} values, counting what aliases repeat. Put large arrays into .npz files.");
        }

        return !refused;
    }

    private bool TooDeep(int height, Place place)
    {
        bool tooDeep = open.Count + height > YamlText.MaxDepth;
        if (tooDeep)
        {
            Refuse(place, $"lists and mappings are nested more than {YamlText.MaxDepth} deep.");
        }

        return tooDeep;
    }

    private bool RefuseAsKey(Place place)
    {
        bool isKey = open.TryPeek(out OpenNode? parent) && parent.WantsKey;
        if (isKey)
        {
            Refuse(place, "a key must be a word, not a list, mapping or alias. Text with braces or brackets needs quotes.");
        }

        return isKey;
    }

    private void RefuseTag(Yaml.NodeEvent node, Place place)
    {
        if (!node.Tag.IsEmpty)
        {
            mistakes.Add(place, $"tags such as {Scalars.Shorten(node.Tag.ToString())} are not allowed.");
        }
    }

    private void Refuse(Place place, string message)
    {
        mistakes.Add(place, message);
        refused = true;
    }

    private Place PlaceOfValue(Yaml.ParsingEvent value)
    {
        OpenNode? parent = open.TryPeek(out OpenNode? top) ? top : null;
        Place context = parent switch
        {
            null => new Place(fileName, 0, 0, ""),
            { WantsKey: true } => parent.Place,
            { IsMapping: true } => parent.KeyPlace,
            _ => parent.Place.At(parent.Items.Count),
        };
        return PlaceOf(value, context.Path);
    }

    private Place PlaceOf(Yaml.ParsingEvent happened, string path = "") =>
        new(fileName, (int)happened.Start.Line, (int)happened.Start.Column, path);
}
