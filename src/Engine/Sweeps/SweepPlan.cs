using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BrainSim.Engine.Documents;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Sweeps;

/// <summary>Which runs a network file asks for: a pure function of the file, the settings and the seed. Immutable; threads may share it.</summary>
public sealed class SweepPlan
{
    private const int SeedBits = 53;

    private readonly NetworkDocument document;
    private readonly string identity;

    /// <param name="identity">With that of the limits.</param>
    private SweepPlan(NetworkDocument document, NetworkSpec network, SweepSpec spec, string identity)
    {
        this.document = document;
        this.identity = identity;
        Network = network;
        Spec = spec;
    }

    /// <summary>The file's network without any change.</summary>
    public NetworkSpec Network { get; }

    public SweepSpec Spec { get; }

    /// <param name="varied">Texts <c>path=values</c> from the command line, which replace what the file varies.</param>
    /// <param name="identity">What results depend on besides network and limits, such as the program's version; part of every point's key.</param>
    /// <exception cref="UserMistakeException">With every mistake of the network and of what is varied. Values are judged by <see cref="Points"/>.</exception>
    public static SweepPlan Read(NetworkDocument document, IEnumerable<string> varied, string identity = "")
    {
        Mistakes mistakes = new();
        NetworkSpec? network = document.Read(mistakes);
        ImmutableArray<MappingEntry> entries = [.. varied.Select(text => ReadVaried(text, mistakes)).OfType<MappingEntry>()];
        mistakes.ThrowIfAny();
        SweepReader reader = new(network!, document.Constants(mistakes), mistakes);
        SweepSpec? spec = reader.Read(document.Fields(mistakes), entries);
        if (spec is null)
        {
            CheckAlone(document, reader.Axes, mistakes);
            mistakes.ThrowIfAny();
        }

        return new SweepPlan(document, network!, spec!, $"{identity}|{spec!.Limits.Identity}");
    }

    /// <summary>The same for who only asks which points there are: without what may be large in the network, its arrays.</summary>
    public SweepPlan WithoutArrays() => new(document, Network with { Populations = [], Projections = [], Inputs = [], Monitors = [] }, Spec, identity);

    /// <summary>All points of a sweep, each read to its last value, so that none is refused later for what could be seen now; of what is optimized the corners of the range only, which are no points.</summary>
    /// <param name="check">Told the network of each point; its mistakes are among those of the values, and what else it throws ends the list.</param>
    /// <exception cref="UserMistakeException">With every mistake of any value.</exception>
    public ImmutableArray<SweepPoint> Points(Action<NetworkSpec>? check = null)
    {
        Mistakes mistakes = new();
        ImmutableArray<SweepPoint>.Builder points = ImmutableArray.CreateBuilder<SweepPoint>();
        foreach (ImmutableArray<AxisValue> values in Spec.Optimize is null ? SweepCombinations.Of(Spec, document.Seed) : Corners())
        {
            for (int repeat = 0; repeat < Spec.Repeats && !mistakes.IsFull; repeat++)
            {
                if (Point(points.Count, values, repeat, mistakes, check) is { } point)
                {
                    points.Add(point);
                }
            }
        }

        mistakes.ThrowIfAny();
        return Spec.Optimize is null ? points.ToImmutable() : [];
    }

    /// <summary>Where no points can be made: what is wrong with each value by itself, so that one more round is saved.</summary>
    private static void CheckAlone(NetworkDocument document, IEnumerable<Axis> axes, Mistakes mistakes)
    {
        foreach (ListedAxis axis in axes.OfType<ListedAxis>())
        {
            foreach (AxisValue value in axis.Values.TakeWhile(_ => !mistakes.IsFull))
            {
                Mistakes here = new();
                document.With(axis.Path, value.Node, value.Node.Place with { Path = axis.Path }, here).Read(here);
                mistakes.AddAll(here);
            }
        }
    }

    /// <summary>A number computed from the measures of a point.</summary>
    /// <returns>Null after a mistake.</returns>
    public MeasureFormula? FormulaOf(string text, Place place, Mistakes mistakes) => MeasureFormula.Read(text, place, isCondition: false, Network.Measures, document.Constants(new Mistakes()), mistakes);

    /// <summary>The point with these values.</summary>
    /// <returns>Null after a mistake.</returns>
    public SweepPoint? Point(int index, ImmutableArray<AxisValue> values, int repeat, Mistakes mistakes) => Point(index, values, repeat, mistakes, check: null);

    private SweepPoint? Point(int index, ImmutableArray<AxisValue> values, int repeat, Mistakes mistakes, Action<NetworkSpec>? check)
    {
        Mistakes here = new();
        NetworkDocument changed = Document(values, repeat, here);
        NetworkSpec? network = here.Any ? null : changed.Read(here);
        if (network is not null)
        {
            Collect(() => check?.Invoke(network), here);
        }

        // Another model, method or rule may be one that cannot be compiled; another number hardly.
        if (repeat == 0 && !here.Any && values.Any(v => v.Number is null))
        {
            Collect(() => CompiledNetwork.Of(network!), here);
        }

        mistakes.AddAll(here);
        return here.Any ? null : new SweepPoint(index, values, repeat, network!.Seed, network.Hash, Key(network.Hash)) { Steps = network.Steps };
    }

    /// <summary>The network of a point, as it would be read if its values stood in the file.</summary>
    /// <exception cref="UserMistakeException">A value does not fit.</exception>
    public NetworkSpec NetworkOf(SweepPoint point)
    {
        Mistakes mistakes = new();
        NetworkDocument changed = Document(point.Values, point.Repeat, mistakes);
        mistakes.ThrowIfAny();
        return changed.Read();
    }

    /// <summary>The seed of a repeat; below 2^53, so that every reader of a table has it exactly.</summary>
    public static ulong SeedOf(ulong seed, int repeat) =>
        repeat == 0 ? seed : new KeyedRandom(seed, KeyedRandom.Purpose("sweep.repeat")).Stream((uint)repeat, 0).NextBits() >> (64 - SeedBits);

    /// <summary>Draws of a search: an id and step each.</summary>
    internal KeyedRandom Random(string purpose) => new(document.Seed, KeyedRandom.Purpose(purpose));

    private static void Collect(Action check, Mistakes mistakes)
    {
        try
        {
            check();
        }
        catch (UserMistakeException problem)
        {
            mistakes.AddAll(problem.Mistakes);
        }
    }

    private NetworkDocument Document(ImmutableArray<AxisValue> values, int repeat, Mistakes mistakes)
    {
        NetworkDocument changed = document;
        foreach ((Axis axis, AxisValue value) in Spec.Axes.Zip(values))
        {
            changed = changed.With(axis.Path, value.Node, value.Node.Place with { Path = axis.Path }, mistakes);
        }

        if (repeat == 0)
        {
            return changed;
        }

        Place place = new("repeat", 0, 0, "seed");
        return changed.With("seed", new Scalar(place, SeedOf(changed.Seed, repeat).ToString(CultureInfo.InvariantCulture), quoted: false), place, mistakes);
    }

    private IEnumerable<ImmutableArray<AxisValue>> Corners() => ((double[])[0, 1]).Select(unit => Spec.Axes.Select(axis => axis.At(unit)).ToImmutableArray());

    private string Key(string networkHash) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{networkHash}|{identity}")));

    private static MappingEntry? ReadVaried(string text, Mistakes mistakes)
    {
        int equals = text.IndexOf('=');
        string path = text[..Math.Max(equals, 0)].Trim();
        Place place = new("--vary", 0, 0, path);
        if (path.Length == 0 || path.Length > YamlText.MaxKeyLength || string.IsNullOrWhiteSpace(text[(equals + 1)..]))
        {
            mistakes.Add(place with { Path = Scalars.Shorten(text) }, "must be path=values, such as populations.E.params.tau=[10, 20]");
            return null;
        }

        Node? values = YamlText.Read($"--vary {path}", text[(equals + 1)..], mistakes);
        return values is null ? null : new MappingEntry(path, place, Overrides.Moved(values, place));
    }
}
