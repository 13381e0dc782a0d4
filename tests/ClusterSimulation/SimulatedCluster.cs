using System.Security.Cryptography;
using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Coordinator.Cluster;
using BrainSim.Coordinator.Store;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Recording;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using BrainSim.Tests.Engine.Documents;
using Google.Protobuf;
using Xunit;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>
/// A whole cluster from one seed: the coordinator's and the nodes' real logic, on a simulated clock, network and disk. First everything goes wrong; then it heals, and every
/// run must end as it must.
/// </summary>
internal sealed class SimulatedCluster : IDisposable
{
    /// <summary>Simulated milliseconds after the healing in which every run must have ended: some restarts and the runs themselves.</summary>
    private const long MostAfterHealing = 300_000;

    /// <summary>Of these times, one after the other: points of a sweep that nodes share, and restarts.</summary>
    private const int MostBuilds = 30;

    /// <summary>Milliseconds, of a large network.</summary>
    private const int LongBuild = 90_000;

    private readonly ClusterSettings settings;
    private readonly SimulatedMachine[] machines;
    private readonly SimulatedNetwork network;
    private readonly List<IClient> clients = [];
    private readonly long healsAt;
    private readonly Trouble trouble;
    private CoordinatorLogic? coordinator;
    private readonly List<Action> heldUp = [];
    private bool standsStill;
    private int coordinatorStarts;

    /// <param name="trouble">What may happen; all of it where nothing else is said.</param>
    public SimulatedCluster(int seed, Trouble trouble = Trouble.All)
    {
        Random = new Random(seed);
        this.trouble = trouble;
        MostBuildMs = Random.Next(10) == 0 ? LongBuild : 500;
        settings = new() { Version = SimulatedMachine.Version, StallAfter = 30_000 + MostBuildMs, OperationsPerMs = 0.04, CheckpointEvery = 5000, MostFailures = 1000, OperationsOfAShard = 2 };
        Disk = new SimulatedDisk(Random);
        network = new SimulatedNetwork(Time, Random) { Latency = 1 + Random.Next(30) };
        int roundMs = 50 + Random.Next(500);
        machines = [.. Enumerable.Range(1, Random.Next(2, 6)).Select(place => new SimulatedMachine(this, place, Random.Next(1, 4), roundMs))];
        int count = Random.Next(1, 4);
        for (int c = 0; c < count; c++)
        {
            clients.Add(Random.Next(6) == 0 ? new SweepClient(this, c, machines.Length) : new Client(this, c, machines.Length));
        }

        healsAt = 5000 + Random.Next(40_000);
    }

    public Timeline Time { get; } = new();

    /// <summary>Simulated milliseconds that a node builds, at most.</summary>
    public int MostBuildMs { get; }

    /// <summary>Simulated milliseconds in which a run that is being built or runs must move, or begin again.</summary>
    public long MostStill => settings.StallAfter + 30_000;

    public Random Random { get; }

    public SimulatedDisk Disk { get; }

    /// <summary>What happened, for the test of the tests: restarts of runs, of the coordinator, refused frames.</summary>
    public Tally Tally { get; } = new();

    /// <exception cref="Xunit.Sdk.XunitException">A promise is broken.</exception>
    public void Run()
    {
        StartCoordinator();
        Array.ForEach(machines, m => m.Start());
        clients.ForEach(c => Time.After(Random.Next(6000), c.Submit));
        Time.Every(250, () => WithCoordinator(l => l.Tick(Time.Now)));
        Time.Every(1000, CheckThatNothingStandsStill);
        PlanTrouble();
        Time.After(healsAt, Heal);
        Assert.True(
            Time.RunUntil(healsAt + MostAfterHealing + (MostBuilds * MostBuildMs), () => Time.Now > healsAt && clients.TrueForAll(c => c.IsDone)),
            $"{(Time.Now - healsAt) / 1000} s after everything healed: {string.Join("; ", clients.Where(c => !c.IsDone).Select(c => c.ToString()))}");
        clients.ForEach(c => c.Check());
        Tally.FailedWrites = Disk.FailedWrites;
    }

    public void ToCoordinator(int from, byte[] message) =>
        network.Send(from, 0, message, bytes => WithCoordinator(l => l.Hear(Messages.ReadToCoordinator(bytes), Time.Now)));

    public void ToPeer(int from, string address, byte[] frame)
    {
        int to = address[1] - '0';
        string sender = machines[from - 1].Address;
        network.Send(from, to, frame, bytes => machines[to - 1].Hear(address, sender, bytes), mayChange: true);
    }

    public bool Reaches(int place) => coordinator is not null && !network.IsCut(place, 0) && !network.IsCut(0, place) && Random.NextDouble() >= network.Lost;

    /// <summary>What the coordinator's shell does with a part: to the disk first, then to the logic.</summary>
    /// <returns>True where the node hears that it is there.</returns>
    public bool Keep(int place, Upload upload)
    {
        bool kept = Reaches(place) && Disk.Write(upload.Key, upload.Bytes);
        if (kept)
        {
            WithCoordinator(l => l.Hear(new PartKept { Key = upload.Key, Sha256 = Convert.ToHexStringLower(SHA256.HashData(upload.Bytes)), Bytes = upload.Bytes.Length }, Time.Now));
        }

        return kept && Reaches(place);
    }

    public void Count(FrameRefusal refusal) => Tally.Refused[refusal] = Tally.Refused.GetValueOrDefault(refusal) + 1;

    public void WithCoordinator(Action<CoordinatorLogic> what)
    {
        if (coordinator is null)
        {
            return;
        }

        if (standsStill)
        {
            heldUp.Add(() => WithCoordinator(what));
            return;
        }

        what(coordinator);
        foreach (CoordinatorEffect effect in coordinator.TakeEffects())
        {
            if (effect is ForgetParts forget)
            {
                Disk.Forget(forget);
            }
            else if (effect is ForgetRecorded older)
            {
                Disk.Forget(older);
            }
            else if (effect is PlanSweep plan)
            {
                TinySweep sweep = TinySweep.All.Single(s => s.Name == plan.Submission.Name);
                Time.After(Random.Next(1500), () => WithCoordinator(l => l.Planned(plan.Submission.Run, sweep.Plan, sweep.Points, Time.Now)));
            }
            else if (effect is MeasurePoint measure)
            {
                PointResult result = Measured(measure.Run);
                Time.After(Random.Next(1500), () => WithCoordinator(l => l.Measured(measure.Run, result, Time.Now)));
            }
            else if (effect is TellNode tell)
            {
                int to = tell.Node[1] - '0';
                network.Send(0, to, tell.Message.ToByteArray(), bytes =>
                {
                    if (machines[to - 1].Name == tell.Node)
                    {
                        machines[to - 1].Hear(Messages.ReadToNode(bytes));
                    }
                });
            }
        }
    }

    public IEnumerable<RunView> Runs => coordinator?.Runs(Time.Now) ?? [];

    public RunView? View(long run) => coordinator?.Find(run, Time.Now);

    public IEnumerable<JournalRecord> JournalOf(long run) => Disk.Load().Where(record => SqliteRunStore.RunOf(record) == run);

    public CheckpointReference? Last(long run) => coordinator?.CheckpointOf(run);

    public void Dispose() => Array.ForEach(machines, m => m.Dispose());

    /// <summary>What the shell makes of a run that is a sweep's point and is done.</summary>
    private PointResult Measured(long run)
    {
        JournalRecord[] journal = [.. JournalOf(run)];
        NetworkReference reference = journal.First(r => r.Submitted is not null).Submitted.Network;
        NetworkSpec network = TinySweep.NetworkOf(reference);
        Checkpoint last = Checkpoint.Join([.. journal.Last(r => r.Committed is not null).Committed.Parts.Select(part => CheckpointFile.FromBytes(Disk.Read(part.Key)!))]);
        using TemporaryFolder folder = new();
        ChunkFiles recorded = new([.. RecordedRun.Parts(journal, Disk.Recorded).Select((ofShard, s) => ofShard.Select((key, p) => folder.Write($"{s}-{p}", Disk.Read(key)!)).ToArray())]);
        PointOutcome outcome = new(
            PointStatus.Done, null, PointMeasure.AllOf(network, new Recordings(network, recorded, [.. last.SpikeCounts]), network.Steps), journal.Last(r => r.Ended is not null).Ended.StateHash, Seconds: 1);
        return WirePoints.ToWire(reference.Point.Key, reference.Point.Index, outcome);
    }

    private void StartCoordinator()
    {
        coordinator = new CoordinatorLogic(Disk, settings, Time.Now, Disk.Recorded);
        Tally.CoordinatorStarts = ++coordinatorStarts;
        clients.ForEach(c => c.CheckThatNothingIsLost());
    }

    private void PlanTrouble()
    {
        if (trouble == Trouble.All)
        {
            (network.Lost, network.Repeated, network.Late, network.Changed) = (Drawn(0.08), Drawn(0.1), Drawn(0.05), Drawn(0.02));
            Disk.Faults = Drawn(0.1);
        }

        for (int times = Random.Next(12); times > 0; times--)
        {
            Time.After(Random.Next((int)healsAt), MakeTrouble);
        }
    }

    /// <summary>Up to so much, often nothing.</summary>
    private double Drawn(double most) => Random.Next(2) == 0 ? 0 : most * Random.NextDouble();

    private void MakeTrouble()
    {
        SimulatedMachine machine = machines[Random.Next(machines.Length)];
        switch (trouble == Trouble.Stalls ? 7 : Random.Next(10))
        {
            case 0 or 1:
                machine.Crash();
                Time.After(100 + Random.Next(10_000), machine.Restart);
                break;
            case 2 or 3:
                coordinator = null;
                heldUp.Clear();
                Time.After(100 + Random.Next(8000), RestartCoordinator);
                break;
            case 4:
                machine.Slowness = 2 + Random.Next(40);
                Time.After(Random.Next(10_000), () => machine.Slowness = 1);
                break;
            case 5:
                machine.Drain();
                break;
            case 6:
                // Results cannot be computed again from nothing else, so they are left alone.
                Disk.Rot(key => !key.IsRecorded && View(key.Epoch.Run) is { } view && key.Step < view.Submission.Need.Steps);
                break;
            case 7:
                StandStill(Random.Next(15_000));
                break;
            default:
                CutLinks();
                break;
        }
    }

    /// <summary>The coordinator's disk or machine holds it up: what comes meanwhile waits, and comes all at once.</summary>
    private void StandStill(int length)
    {
        if (standsStill)
        {
            return;
        }

        Tally.Stalls++;
        standsStill = true;
        Time.After(length, () =>
        {
            standsStill = false;
            Action[] waiting = [.. heldUp];
            heldUp.Clear();
            Array.ForEach(waiting, next => next());
        });
    }

    private void CutLinks()
    {
        int one = Random.Next(machines.Length + 1);
        int other = (one + 1 + Random.Next(machines.Length)) % (machines.Length + 1);
        long length = 500 + Random.Next(15_000);
        network.Cut(one, other, length);
        if (Random.Next(3) > 0)
        {
            network.Cut(other, one, length);
        }
    }

    private void RestartCoordinator()
    {
        if (coordinator is null)
        {
            StartCoordinator();
        }
    }

    private void Heal()
    {
        network.Heal();
        Disk.Faults = 0;
        RestartCoordinator();
        foreach (SimulatedMachine machine in machines)
        {
            machine.Slowness = 1;
            machine.Restart();
        }
    }

    private void CheckThatNothingStandsStill() => clients.ForEach(c => c.CheckThatItMoves());
}

/// <summary>What happened in a simulation.</summary>
internal sealed class Tally
{
    public int CoordinatorStarts { get; set; }

    public int Epochs { get; set; }

    public int Runs { get; set; }

    public int Stalls { get; set; }

    public int FailedWrites { get; set; }

    public int Points { get; set; }

    /// <summary>Of the points: those that nodes shared.</summary>
    public int Divided { get; set; }

    public Dictionary<FrameRefusal, int> Refused { get; } = [];

    public void Add(Tally other)
    {
        CoordinatorStarts += other.CoordinatorStarts;
        Epochs += other.Epochs;
        Runs += other.Runs;
        Stalls += other.Stalls;
        FailedWrites += other.FailedWrites;
        Points += other.Points;
        Divided += other.Divided;
        foreach ((FrameRefusal refusal, int times) in other.Refused)
        {
            Refused[refusal] = Refused.GetValueOrDefault(refusal) + times;
        }
    }

    public override string ToString() => $"{Runs} runs, {Epochs} epochs, {Points} points, {Divided} of them divided, {CoordinatorStarts} coordinators, {Stalls} stalls, {FailedWrites} failed writes, frames: {string.Join(", ", Refused.Select(r => $"{r.Key} {r.Value}"))}";
}

/// <summary>What may go wrong in a simulation.</summary>
internal enum Trouble
{
    All,

    /// <summary>The coordinator stands still now and then, and nothing else.</summary>
    Stalls,
}
