using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.NetworkFile;

/// <summary>A network file as text with its settings applied, before it is read as a network. Immutable; threads may share it.</summary>
public sealed class NetworkDocument
{
    /// <summary>Keys of the file that say which runs to make of it, and nothing of the network.</summary>
    public static readonly string[] SearchKeys = ["sweep", "optimize"];

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
    /// <param name="name">What mistakes call the file; null for its path.</param>
    /// <inheritdoc cref="Load(string, IEnumerable{string})"/>
    public static NetworkDocument Load(string path, NamedFiles files, IEnumerable<string> settings, string? name = null)
    {
        Mistakes mistakes = new();
        Node? root = YamlText.ReadFile(path, mistakes, name);
        return Of(root, files, settings, mistakes);
    }

    /// <param name="folder">Where the arrays are that the text names.</param>
    /// <inheritdoc cref="Load(string, IEnumerable{string})"/>
    public static NetworkDocument Parse(string name, string text, string folder, IEnumerable<string> settings)
    {
        Mistakes mistakes = new();
        return Of(YamlText.Read(name, text, mistakes), NamedFiles.In(folder), settings, mistakes);
    }

    /// <summary>The keys of the file, for what is no part of the network.</summary>
    public Fields Fields(Mistakes mistakes) => new(root, mistakes, Constants(mistakes));

    public Constants Constants(Mistakes mistakes) => ConstantsReader.Read(root, mistakes);

    /// <summary>Which of <see cref="SearchKeys"/> the file has, or null.</summary>
    public string? Search => Array.Find(SearchKeys, key => ((Mapping)root).Find(key) is not null);

    /// <summary>As the network would have it; 0 after a mistake.</summary>
    public ulong Seed => (ulong)Fields(new Mistakes()).Whole("seed", 0, long.MaxValue, 0);

    /// <summary>The document with more settings.</summary>
    /// <exception cref="UserMistakeException">A setting does not fit.</exception>
    public NetworkDocument With(IEnumerable<string> settings) => Of(root, files, settings, new Mistakes());

    /// <summary>The document with a value at a path replaced or added. A mistake leaves it as it is.</summary>
    /// <param name="place">Of the value, for mistakes; its path is the path that is set.</param>
    public NetworkDocument With(string path, Node value, Place place, Mistakes mistakes) => new(Overrides.Set(root, path, value, place, mistakes), files);

    /// <exception cref="UserMistakeException">With every mistake found.</exception>
    public NetworkSpec Read()
    {
        Mistakes mistakes = new();
        NetworkSpec? network = Read(mistakes);
        mistakes.ThrowIfAny();
        return network!;
    }

    /// <returns>Null after a mistake.</returns>
    public NetworkSpec? Read(Mistakes mistakes) => NetworkReader.Read(root, files, mistakes);

    private static NetworkDocument Of(Node? root, NamedFiles files, IEnumerable<string> settings, Mistakes mistakes)
    {
        mistakes.ThrowIfAny();
        foreach (string setting in settings)
        {
            root = Overrides.Apply(root!, setting, mistakes);
        }

        mistakes.ThrowIfAny();
        if (root is not Mapping)
        {
            Scalars.Refuse(root!, mistakes, "must be a mapping with name, dt, duration and populations");
            mistakes.ThrowIfAny();
        }

        return new NetworkDocument(root!, files);
    }
}
