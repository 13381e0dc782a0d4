using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>A network file as text with its settings applied, before it is read as a network. Immutable; threads may share it.</summary>
public sealed class NetworkDocument
{
    private readonly Node root;
    private readonly NamedFiles files;

    private NetworkDocument(Node root, NamedFiles files)
    {
        this.root = root;
        this.files = files;
    }

    /// <param name="settings">Texts <c>path=value</c> that replace values of the file.</param>
    /// <exception cref="UserMistakeException">The file cannot be read, or a setting does not fit.</exception>
    public static NetworkDocument Load(string path, IEnumerable<string> settings) => Load(path, NetworkReader.FilesBeside(path), settings);

    /// <param name="files">The files that the network names.</param>
    /// <inheritdoc cref="Load(string, IEnumerable{string})"/>
    public static NetworkDocument Load(string path, NamedFiles files, IEnumerable<string> settings)
    {
        Mistakes mistakes = new();
        Node? root = YamlText.ReadFile(path, mistakes);
        mistakes.ThrowIfAny();
        return Of(root!, files, settings);
    }

    /// <param name="folder">Where the arrays are that the text names.</param>
    /// <inheritdoc cref="Load(string, IEnumerable{string})"/>
    public static NetworkDocument Parse(string name, string text, string folder, IEnumerable<string> settings)
    {
        Mistakes mistakes = new();
        Node? root = YamlText.Read(name, text, mistakes);
        mistakes.ThrowIfAny();
        return Of(root!, NamedFiles.In(folder), settings);
    }

    /// <summary>The document with more settings.</summary>
    /// <exception cref="UserMistakeException">A setting does not fit.</exception>
    public NetworkDocument With(IEnumerable<string> settings) => Of(root, files, settings);

    /// <exception cref="UserMistakeException">With every mistake found.</exception>
    public NetworkSpec Read()
    {
        Mistakes mistakes = new();
        NetworkSpec? network = NetworkReader.Read(root, files, mistakes);
        mistakes.ThrowIfAny();
        return network!;
    }

    private static NetworkDocument Of(Node root, NamedFiles files, IEnumerable<string> settings)
    {
        Mistakes mistakes = new();
        foreach (string setting in settings)
        {
            root = Overrides.Apply(root, setting, mistakes);
        }

        mistakes.ThrowIfAny();
        if (root is not Mapping)
        {
            Scalars.Refuse(root, mistakes, "must be a mapping with name, dt, duration and populations");
            mistakes.ThrowIfAny();
        }

        return new NetworkDocument(root, files);
    }
}
