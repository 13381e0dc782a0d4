using System.Collections.Immutable;
using System.Globalization;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>
/// A network in a program's hands: run it some way, look at it, go on with other parameters and inputs, begin again. Code and synapses that a change does not touch are not
/// made again. Results are the bits of a fresh network, whatever was done before. On the calling thread; owned by one thread at a time.
/// </summary>
/// <example><code>
/// using Experiment gamma = Experiment.Open("gamma.yaml");
/// foreach (double g in conductances)
/// {
///     gamma.Reset();
///     gamma.Set("projections[0].params.g_max", g);
///     gamma.Run();
///     synchrony.Add(gamma.Measures[0].Number);
/// }
/// </code></example>
public sealed class Experiment : IDisposable
{
    private readonly BackEnd backEnd;
    private readonly int shards;
    private readonly Wiring wiring;
    private NetworkDocument document;
    private CompiledNetwork compiled;

    /// <summary>Null before anything asks for it.</summary>
    private SerialRun? run;

    /// <summary>The network that <see cref="run"/> is made of.</summary>
    private CompiledNetwork? running;

    /// <summary>A run that is over, kept until the next is made, which takes its synapses over.</summary>
    private SerialRun? last;

    /// <param name="shards">Parts of the network; results do not depend on it.</param>
    /// <param name="wiring">Shared with other experiments, on any thread; null for wiring of its own.</param>
    /// <exception cref="UserMistakeException">The document is no network; with every mistake found.</exception>
    public Experiment(NetworkDocument document, BackEnd backEnd = BackEnd.Cpu, int shards = 1, Wiring? wiring = null)
    {
        (this.document, this.backEnd, this.shards, this.wiring) = (document, backEnd, shards, wiring ?? new Wiring());
        compiled = CompiledNetwork.Of(document.Read(), backEnd);
    }

    /// <summary>With all that has been set.</summary>
    public NetworkSpec Network => compiled.Network;

    /// <summary>Steps done.</summary>
    public long Step => run?.Step ?? 0;

    /// <summary>Where the run stands, ms.</summary>
    public double Time => Network.Grid.ToMilliseconds(Step);

    /// <summary>SHA-256 of the state, as in run.json.</summary>
    public string StateHash => Current.StateHash;

    /// <summary>What was recorded since the beginning.</summary>
    public Recordings Recordings => Current.Recordings;

    /// <summary>Of what was recorded since the beginning, up to now.</summary>
    public ImmutableArray<Measured> Measures => Simulation.Measures.Of(Network, Current.Recordings, Step);

    /// <summary>The run as it stands.</summary>
    public Checkpoint Checkpoint => Current.TakeCheckpoint();

    private SerialRun Current => run ?? Begin();

    /// <param name="path">A network file.</param>
    /// <param name="settings">Texts <c>path=value</c> that replace values of the file.</param>
    /// <exception cref="UserMistakeException">With every mistake found.</exception>
    public static Experiment Open(string path, params IEnumerable<string> settings) => new(NetworkDocument.Load(path, settings));

    /// <summary>Sets one number, see <see cref="Set(IEnumerable{string})"/>.</summary>
    public void Set(string path, double value) => Set([$"{path}={value.ToString("R", CultureInfo.InvariantCulture)}"]);

    /// <summary>
    /// Changes values of the file. Before the first step anything may change. Later parameters, weights, inputs, solvers and the duration may: state, spikes under way and
    /// recordings stay; initial values count from the next <see cref="Reset()"/>. What does not fit changes nothing.
    /// </summary>
    /// <param name="settings">Texts <c>path=value</c> as behind <c>--set</c>, such as <c>populations.E.params.tau=12</c>; all together, in order.</param>
    /// <exception cref="UserMistakeException">A setting does not fit, or cannot change in a run that has begun.</exception>
    public void Set(params IEnumerable<string> settings)
    {
        string[] all = [.. settings];
        NetworkDocument changed = document.With(all);
        CompiledNetwork next = CompiledNetwork.Of(changed.Read(), backEnd);
        if (Step > 0 && Continuation.WhyNot(running!, next, Step) is { } reason)
        {
            throw new UserMistakeException(
                new Place("experiment", 0, 0, string.Join(", ", all)), $"{reason} in a run that stands at {TimeGrid.Text(Time)} ms; call Reset() first.");
        }

        (document, compiled) = (changed, next);
        if (Step == 0)
        {
            PutAway();
        }
    }

    /// <summary>Goes on to the end of the file's duration.</summary>
    /// <inheritdoc cref="Run(double)"/>
    public void Run() => RunTo(Network.Steps);

    /// <summary>Goes on to a time.</summary>
    /// <param name="until">ms from the beginning, a whole number of steps; not before <see cref="Time"/> and not after the file's duration.</param>
    /// <exception cref="UserMistakeException">The time does not fit, or a drawn value does not.</exception>
    /// <exception cref="NumericalFailureException">A state variable became NaN or infinite.</exception>
    public void Run(double until)
    {
        Mistakes mistakes = new();
        long? step = new StepReader(Network.Grid, isKnown: true, mistakes).Read(until, new Place("experiment", 0, 0, "until"), Step, Network.Steps);
        mistakes.ThrowIfAny();
        RunTo(step!.Value);
    }

    /// <summary>Back to the beginning, with all that has been set.</summary>
    public void Reset() => PutAway();

    /// <summary>Back to the beginning, with another seed.</summary>
    public void Reset(ulong seed)
    {
        Reset();
        Set([string.Create(CultureInfo.InvariantCulture, $"seed={seed}")]);
    }

    /// <summary>Takes up a run of this network, or of one whose state this one can take up, where the checkpoint left it.</summary>
    /// <exception cref="UserMistakeException">The checkpoint keeps other variables.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        PutAway();
        Current.Restore(checkpoint);
    }

    /// <summary>A state variable, or another number that every neuron has, by neuron.</summary>
    /// <param name="name">As <c>explain</c> shows it; of the synapses of a projection <c>E->I.g</c>.</param>
    /// <exception cref="UserMistakeException">There is no such population or variable.</exception>
    public double[] Values(string population, string name) => Current.Values(population, name);

    public void Dispose()
    {
        run?.Dispose();
        last?.Dispose();
        (run, last) = (null, null);
    }

    private void RunTo(long step)
    {
        if (running != compiled && run is not null)
        {
            SerialRun before = run;
            SerialRun after = new(compiled, shards, before.Recording, wiring);
            after.Restore(before.TakeCheckpoint());
            (run, running) = (after, compiled);
            before.Dispose();
        }

        Current.RunTo(step);
        Current.CheckState();
    }

    private SerialRun Begin()
    {
        run = new SerialRun(compiled, shards, wiring: wiring);
        running = compiled;
        last?.Dispose();
        last = null;
        return run;
    }

    private void PutAway()
    {
        if (run is not null)
        {
            last?.Dispose();
            (last, run) = (run, null);
        }
    }
}
