using BrainSim.Engine.Exchange;
using BrainSim.Engine.Kernels;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Shards;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Simulation;

/// <summary>A whole run on the calling thread: all shards, one after the other, round by round. Other hosts do the same with threads and networks.</summary>
public sealed class SerialRun : IDisposable
{
    /// <summary>Steps between two looks at what the steps noted of NaN and infinities.</summary>
    public const int CheckEvery = 1000;

    private readonly CompiledNetwork compiled;
    private readonly ExchangePlan plan;
    private readonly ShardRun[] shards;
    private readonly SpikeBatch[] batches;

    /// <param name="recording">Keeps what is recorded; memory where null.</param>
    /// <param name="wiring">Shared with other runs; null for wiring of its own.</param>
    public SerialRun(CompiledNetwork compiled, int shards = 1, IChunkStore? recording = null, Wiring? wiring = null)
    {
        this.compiled = compiled;
        Recording = recording ?? new MemoryChunks();
        this.shards = [.. Enumerable.Range(0, shards).Select(s => new ShardRun(compiled, s, shards, sink: Recording, wiring: wiring))];
        batches = [.. Enumerable.Range(0, shards).Select(s => new SpikeBatch(s, compiled.Network.Populations.Length))];
        plan = new ExchangePlan(compiled.Network.Schedule, this.shards.Select(s => s.State.Reach(shards)));
        Array.ForEach(this.shards, shard => shard.Open(plan));
    }

    public IReadOnlyList<ShardRun> Shards => shards;

    /// <summary>Where recordings are kept; a run that goes on from a checkpoint of this one needs it too.</summary>
    public IChunkStore Recording { get; }

    /// <summary>What was recorded up to here.</summary>
    public Recordings Recordings => ShardRun.RecordingsOf(shards, compiled.Network, Recording);

    public string StateHash => Simulation.StateHash.Of(States, Step);

    /// <summary>Steps that all shards have done.</summary>
    public long Step => shards.Min(s => s.Step);

    private ShardState[] States => Array.ConvertAll(shards, shard => shard.State);

    /// <exception cref="NumericalFailureException">A state variable became NaN or infinite.</exception>
    public SerialRun Run()
    {
        RunTo(compiled.Network.Steps);
        CheckState();
        return this;
    }

    /// <summary>Searches the state where it stands.</summary>
    /// <exception cref="NumericalFailureException">A state variable is NaN or infinite.</exception>
    public void CheckState() => CheckState(States, Step);

    /// <summary>A column by neuron, or a number that all neurons share.</summary>
    /// <exception cref="UserMistakeException">There is no such population or variable.</exception>
    public double[] Values(string population, string name)
    {
        PopulationSpec? spec = compiled.Network.Populations.FirstOrDefault(p => p.Name == population);
        PopulationProgram program = compiled.Programs[spec?.Index ?? 0];
        string[] names = [.. program.Columns.Select(c => c.Name), .. program.Uniforms.Keys];
        if (spec is null || !names.Contains(name))
        {
            string guess = spec is null ? Suggestion.For(population, compiled.Network.Populations.Select(p => p.Name)) : Suggestion.For(name, names);
            throw new UserMistakeException(new Place(compiled.Network.Name, 0, 0, $"{population}.{name}"), $"there is no {(spec is null ? "such population" : $"such number of {population}")}.{guess}");
        }

        int column = program.FindColumn(name);
        return column < 0 ? [.. Enumerable.Repeat(program.Uniforms[name], spec.Size)]
            : [.. shards.SelectMany(s => Enumerable.Range(0, s.State.Populations[spec.Index].Slice.Count).Select(local => s.State.Populations[spec.Index].Read(column, local)))];
    }

    /// <summary>Runs all shards to a step.</summary>
    /// <exception cref="NumericalFailureException">A state variable became NaN or infinite.</exception>
    public void RunTo(long step)
    {
        long end = Math.Min(step, compiled.Network.Steps);
        while (Step < end)
        {
            long check = NextCheck(Step);
            RunRound(Math.Min(Math.Min(end, check), Step + plan.BatchSteps));
            if (Step == check)
            {
                CheckState(States, Step);
            }
        }
    }

    /// <summary>Goes on from a checkpoint, before the first step; null begins. What was recorded before it must be in <see cref="Recording"/>.</summary>
    public void Restore(Checkpoint? checkpoint)
    {
        if (checkpoint is not null)
        {
            Recording.DropAfter(checkpoint.Step);
            Array.ForEach(shards, shard => shard.Restore(checkpoint));
        }
    }

    /// <summary>The run as it stands.</summary>
    public Checkpoint TakeCheckpoint() => Checkpoint.Join([.. shards.Select(s => s.Snapshot())]);

    public void Dispose()
    {
        Array.ForEach(shards, shard => shard.Dispose());
        Array.ForEach(batches, batch => batch.Dispose());
    }

    /// <summary>The first step after one at which the state is searched.</summary>
    public static long NextCheck(long step) => ((step / CheckEvery) + 1) * CheckEvery;

    /// <param name="step">Steps that all have done.</param>
    /// <exception cref="NumericalFailureException">A state variable is, or was, NaN or infinite.</exception>
    public static void CheckState(IReadOnlyList<ShardState> states, long step)
    {
        NonFinite[] found = [.. states.Select(state => state.FindNonFinite(step - 1)).OfType<NonFinite>()];
        if (found.Length > 0)
        {
            throw new NumericalFailureException(states[0], found.MinBy(f => f.Order));
        }
    }

    /// <summary>Every shard that is ready advances; then all take in what the others sent.</summary>
    private void RunRound(long limit)
    {
        foreach (ShardRun shard in shards)
        {
            SpikeBatch batch = batches[shard.Shard];
            if (shard.IsReady(limit))
            {
                shard.Advance(limit, batch);
            }
            else
            {
                batch.Begin(shard.Step);
            }
        }

        foreach (ShardRun shard in shards)
        {
            foreach (int sender in plan.SendersTo[shard.Shard])
            {
                if (batches[sender].Counts.Length > 0 && shard.Accept(batches[sender]) is not Acceptance.Accepted and var acceptance)
                {
                    throw new InvalidOperationException($"shard {shard.Shard} refuses a batch of shard {sender} as {acceptance}.");
                }
            }
        }
    }
}
