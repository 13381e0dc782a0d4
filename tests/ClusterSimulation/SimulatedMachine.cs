using BrainSim.Contracts;
using BrainSim.Contracts.Frames;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Sweeps;
using BrainSim.Node.Cluster;
using Google.Protobuf;

namespace BrainSim.Tests.ClusterSimulation;

/// <summary>A machine that runs one node process after the other: the shell of the real logic.</summary>
/// <param name="place">1 and up.</param>
internal sealed class SimulatedMachine(SimulatedCluster cluster, int place, int slots, int roundMs) : INetworkSource, IDisposable
{
    public const string Version = "test";

    public const long MemoryBytes = 1 << 20;

    private const int ShardBuildMs = 5000;

    private NodeLogic? logic;
    private int incarnation;
    private bool workIsPlanned;

    public int Place => place;

    public bool IsUp => logic is not null;

    /// <summary>How many times slower than usual.</summary>
    public int Slowness { get; set; } = 1;

    public string Name => $"n{place}.{incarnation}";

    public string Address => $"{Name}:1";

    public void Start()
    {
        incarnation++;
        NodeDescription description = new() { Address = Address, Slots = slots, Cores = slots, MemoryBytes = MemoryBytes, VectorBits = 256, Version = Version };
        logic = new NodeLogic(Name, description, this, () => cluster.Time.Now, Crews.Alone, Crews.Alone);
        Tick(incarnation);
    }

    /// <summary>The process is gone, and all that it knew.</summary>
    public void Crash()
    {
        logic?.Dispose();
        logic = null;
        workIsPlanned = false;
    }

    public void Drain() => Do(l => l.Drain());

    public void Hear(ToNode message) => Do(l => l.Hear(message));

    /// <param name="from">The machine that sent it.</param>
    public void Hear(string address, string from, byte[] frame) => Do(l =>
    {
        if (address == Address)
        {
            cluster.Count(l.Hear(frame, from));
        }
    });

    public CompiledNetwork Compile(NetworkReference network, double share)
    {
        CheckSupply();
        return network.Point is not null ? CompiledNetwork.Of(TinySweep.NetworkOf(network), BackEnd.Cpu)
            : TinyNetwork.All.Single(n => n.Name == network.NetworkHash).Compiled ?? throw TinyNetwork.Mistake;
    }

    public SweepPlan Plan(NetworkReference network, SweepReference sweep)
    {
        CheckSupply();
        return TinySweep.Of(sweep).Plan;
    }

    public byte[]? Read(PartKept part)
    {
        CheckSupply();
        return cluster.Disk.Read(part.Key);
    }

    public void Dispose() => Crash();

    private void CheckSupply()
    {
        if (!cluster.Reaches(place))
        {
            throw new SupplyException("the coordinator does not answer");
        }
    }

    private void Tick(int of) => cluster.Time.After(250 + ((place * 13) % 40), () =>
    {
        if (of == incarnation && logic is not null)
        {
            Do(l => l.Tick());
            Tick(of);
        }
    });

    private void Do(Action<NodeLogic> what)
    {
        if (logic is null)
        {
            return;
        }

        what(logic);
        CarryOut();
        PlanWork();
    }

    private void PlanWork()
    {
        if (logic is null || workIsPlanned)
        {
            return;
        }

        workIsPlanned = true;
        int of = incarnation;
        cluster.Time.After((1 + cluster.Random.Next(roundMs)) * Slowness, () =>
        {
            if (of == incarnation && logic is not null)
            {
                workIsPlanned = false;
                bool moved = logic.Work();
                CarryOut();
                if (moved)
                {
                    PlanWork();
                }
            }
        });
    }

    private void CarryOut()
    {
        foreach (NodeEffect effect in logic?.TakeEffects() ?? [])
        {
            switch (effect)
            {
                case Tell tell:
                    cluster.ToCoordinator(place, tell.Message.ToByteArray());
                    break;
                case SendFrame send:
                    cluster.ToPeer(place, send.Address, send.Frame.ToArray());
                    break;
                case Upload upload:
                    PlanUpload(upload, incarnation);
                    break;
                case StartJob start:
                    PlanJob(start.Job, incarnation);
                    break;
                case StartPoint start:
                    PlanPoint(start.Job, incarnation);
                    break;
                case Exit:
                    Crash();
                    cluster.Time.After(2000, Restart);
                    return;
            }
        }
    }

    public void Restart()
    {
        if (!IsUp)
        {
            Start();
        }
    }

    private void PlanJob(BuildJob job, int of) => PlanJob(job, of, 20 + cluster.Random.Next(Math.Max(cluster.MostBuildMs, 500 * Slowness)));

    /// <summary>Builds a shard after the other, and looks between them whether anybody still wants them.</summary>
    /// <param name="left">Milliseconds.</param>
    private void PlanJob(BuildJob job, int of, int left) => cluster.Time.After(Math.Min(left, ShardBuildMs), () =>
    {
        if (of != incarnation || logic is null)
        {
            return;
        }

        if (left > ShardBuildMs && !job.IsUnwanted)
        {
            PlanJob(job, of, left - ShardBuildMs);
            return;
        }

        Exception? problem = null;
        try
        {
            job.Run();
        }
        catch (Exception thrown)
        {
            problem = thrown;
        }

        Do(l => l.Finished(job, problem));
    });

    private void PlanPoint(PointJob job, int of) => cluster.Time.After(20 + cluster.Random.Next(500 * Slowness), () =>
    {
        if (of != incarnation || logic is null)
        {
            return;
        }

        PointOutcome? outcome = null;
        Exception? problem = null;
        try
        {
            outcome = job.Compute(_ => null);
        }
        catch (Exception thrown)
        {
            problem = thrown;
        }

        Do(l => l.Finished(job, outcome, problem));
    });

    private void PlanUpload(Upload upload, int of) => cluster.Time.After(1 + cluster.Random.Next(300), () =>
    {
        if (of == incarnation && logic is not null)
        {
            bool kept = cluster.Keep(place, upload);
            cluster.Time.After(cluster.Random.Next(200), () =>
            {
                if (of == incarnation)
                {
                    Do(l => l.Uploaded(upload.Key, kept));
                }
            });
        }
    });
}
