using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Engine;
using Xunit;

namespace BrainSim.Tests.Coordinator;

public sealed class SweepCommandTests : IDisposable
{
    private static readonly Place Here = new("test", 0, 0, "");

    private readonly Brainsim brainsim = new();

    public void Dispose() => brainsim.Dispose();

    private const string Net = """
        name: net
        dt: 0.1
        duration: 200
        seed: 3
        populations: { E: { size: 40, model: lif, params: {tau: 10, V_th: 10}, init: {V: "uniform(0, 9)"} } }
        inputs: [ { to: E.I, expr: "12 + normal(0, 20)" } ]
        monitors: [ { name: v, of: E, record: V, index: 0, every: 1 } ]
        measures:
          - { name: r, rate: {of: E} }
          - { name: curve, firing_rate: {of: E, width: 5, every: 50} }

        """;

    private const string Grid = Net + """
        sweep: { vary: { populations.E.params.tau: {linspace: [5, 20, 16]}, populations.E.model: [lif, lif] }, repeats: 3 }
        """;

    /// <summary>48 points of some 20 ms.</summary>
    private static readonly string Long = Grid.Replace("duration: 200", "duration: 4000", StringComparison.Ordinal);

    [Fact]
    public void TheTableIsTheSameForAnyNumberOfThreadsButForTheSeconds()
    {
        brainsim.Write("net.yaml", Grid);
        string[] one = Table("one", "sweep", "net.yaml", "--threads", "1");
        Assert.Equal(1 + (16 * 2 * 3), one.Length);
        Assert.Equal("point,repeat,seed,populations.E.params.tau,populations.E.model,r,status,reason,state_hash", one[0]);
        Assert.Equal(one, Table("five", "sweep", "net.yaml", "--threads", "5"));
        Assert.Equal(one[1..].Select((_, j) => $"{j}"), one[1..].Select(row => row.Split(',')[0]));
    }

    [Fact]
    public void EveryPointIsTheSameAsItsParametersRunAlone()
    {
        brainsim.Write("net.yaml", Grid);
        string[] table = Table("out", "sweep", "net.yaml", "--record");
        Random random = TestSeed.Of(nameof(EveryPointIsTheSameAsItsParametersRunAlone));
        foreach (string[] row in random.GetItems(table[1..], 3).Select(r => r.Split(',')))
        {
            JsonElement alone = JsonDocument.Parse(
                brainsim.Run("run", "net.yaml", "--set", $"populations.E.params.tau={row[3]}", "--seed", row[2], "--out", "alone", "--json").Fine().Output).RootElement;
            Assert.Equal(alone.GetProperty("state_hash").GetString(), row[^1]);
            Assert.Equal(alone.GetProperty("measures").GetProperty("r").GetDouble().ToString("R", CultureInfo.InvariantCulture), row[5]);
            string folder = $"out/points/{int.Parse(row[0], CultureInfo.InvariantCulture):0000}";
            Assert.Equal(row[^1], JsonDocument.Parse(File.ReadAllText(brainsim.At($"{folder}/run.json"))).RootElement.GetProperty("state_hash").GetString());
            Assert.Equal(File.ReadAllBytes(brainsim.At("alone/v.npz")), File.ReadAllBytes(brainsim.At($"{folder}/v.npz")));
        }
    }

    [Fact]
    public void ArraysHoldWhatTheTableHoldsAndMeasuresThatAreArrays()
    {
        brainsim.Write("net.yaml", Grid);
        string[][] table = [.. Table("out", "sweep", "net.yaml")[1..].Select(row => row.Split(','))];
        NumpyArray Array(string name) => ArrayFiles.Read(brainsim.At("out/points.npz"), name, Here);
        Assert.Equal(table.Select(row => row[3]), Array("populations.E.params.tau").AsDoubles().Select(x => x.ToString("R", CultureInfo.InvariantCulture)));
        Assert.Equal(table.Select(row => row[5]), Array("r").AsDoubles().Select(x => x.ToString("R", CultureInfo.InvariantCulture)));
        Assert.Equal([96, 4], Array("curve").Shape);
        Assert.Equal([0, 1, 0, 1], Array("populations.E.model").AsDoubles().Where((_, j) => j % 3 == 0).Take(4));
        Assert.All(Array("status").AsDoubles(), x => Assert.Equal(0, x));
    }

    /// <summary>Killed when a drawn part of the ledger has been written, an eighth at most, and up to a point's time later; each time going on from what was left.</summary>
    [Fact]
    public void ASweepThatIsKilledGoesOnAndHasEveryPointOnce()
    {
        const int Points = 48, Kills = 8;
        brainsim.Write("net.yaml", Long);
        long began = Stopwatch.GetTimestamp();
        string[] whole = Table("whole", "sweep", "net.yaml");
        TimeSpan onePoint = Stopwatch.GetElapsedTime(began) / Points;
        long length = LedgerLength("whole");
        Random random = TestSeed.Of(nameof(ASweepThatIsKilledGoesOnAndHasEveryPointOnce));
        for (int kill = 0; kill < Kills; kill++)
        {
            long wanted = LedgerLength("killed") + random.NextInt64(length / Kills);
            Brainsim.Started run = brainsim.Start("sweep", "net.yaml", "--out", "killed", "--quiet");
            run.Await(() => LedgerLength("killed") > wanted);
            run.KillAfter(random.NextDouble() * onePoint);
            run.End();
            Assert.InRange(Entries().Length, 1, kill == 0 ? Points - 1 : Points);
        }

        Assert.Equal(whole, Table("killed", "sweep", "net.yaml"));
        Assert.Equal(Points, Entries().Length);
        Assert.Equal(Points, Entries().Distinct().Count());

        // Whole lines, by the key of their point: a line that a kill cut short has no end.
        string[] Entries() => [.. File.ReadAllLines(brainsim.At("killed/points.ledger")).Where(line => line.EndsWith('}')).Select(line => line[..80])];
    }

    [Fact]
    public void CtrlCEndsASweepThatGoesOnLater()
    {
        brainsim.Write("net.yaml", Long);
        string[] whole = Table("whole", "sweep", "net.yaml");
        Brainsim.Started run = brainsim.Start("sweep", "net.yaml", "--out", "out");
        run.Await(() => LedgerLength("out") > 0);
        run.Signal("INT");
        Brainsim.Ended ended = run.End();
        Assert.Equal((130, ""), (ended.Code, ended.Error));
        Assert.Contains("; interrupted", ended.Output, StringComparison.Ordinal);
        string[] part = Rows("out");
        Assert.InRange(part.Length, 2, whole.Length - 1);
        Assert.Empty(part.Except(whole));
        string last = brainsim.Run("sweep", "net.yaml", "--out", "out").Fine().Output;
        Assert.Contains(" known from before", last, StringComparison.Ordinal);
        Assert.Equal(whole, Rows("out"));
    }

    /// <summary>The other process is this one, which keeps the ledger open as a sweep does.</summary>
    [Fact]
    public void ASecondProcessIsRefusedAFolder()
    {
        brainsim.Write("net.yaml", Grid);
        string[] table = Table("out", "sweep", "net.yaml");
        using (new FileStream(brainsim.At("out/points.ledger"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Brainsim.Ended second = brainsim.Run("sweep", "net.yaml", "--out", "out");
            Assert.Equal((2, ""), (second.Code, second.Output));
            Assert.Equal("--out: out: another process works on this sweep (points.ledger is in use); wait for it, or give another folder.", Assert.Single(second.ErrorLines));
        }

        Assert.Equal(table, Table("out", "sweep", "net.yaml"));
    }

    /// <summary>48 different points, since the two models of the list are the same one.</summary>
    [Fact]
    public void AFinishedSweepRunsNothingAndADamagedLineIsRunAgain()
    {
        brainsim.Write("net.yaml", Grid);
        string[] table = Table("out", "sweep", "net.yaml");
        string ledger = brainsim.At("out/points.ledger");
        byte[] kept = File.ReadAllBytes(ledger);
        Assert.Contains("96 known from before", brainsim.Run("sweep", "net.yaml", "--out", "out").Fine().Output, StringComparison.Ordinal);
        Assert.Equal(kept, File.ReadAllBytes(ledger));

        // A bit of the third line, and the last line cut short.
        byte[] damaged = kept[..^20];
        int third = System.Array.IndexOf(kept, (byte)'\n', System.Array.IndexOf(kept, (byte)'\n') + 1) + 50;
        damaged[third] ^= 4;
        File.WriteAllBytes(ledger, damaged);
        Assert.Equal(table, Table("out", "sweep", "net.yaml"));
        Assert.Equal(48 + 2, File.ReadAllLines(ledger).Length);
    }

    [Fact]
    public void ABadPointEndsOnlyItself()
    {
        brainsim.Write("net.yaml", Net + """
            sweep: { vary: { "inputs[0].expr": ["12", "100*i", "-1e308*10^(i*i)"] }, limits: {rate: 300} }
            """);
        Brainsim.Ended run = brainsim.Run("sweep", "net.yaml", "--out", "out").Fine();
        string[] table = Rows("out");
        Assert.Equal(["done", "runaway", "nan"], table[1..].Select(row => row.Split(',')).Select(row => row.First(cell => cell is "done" or "runaway" or "nan")));
        Assert.Contains("failed: 1 nan, 1 runaway", run.Output, StringComparison.Ordinal);
        Assert.Contains("E fired at ", table[2], StringComparison.Ordinal);
    }

    [Fact]
    public void TheBestPointsAreListedByAMeasure()
    {
        brainsim.Write("net.yaml", Net + "sweep: { vary: { populations.E.params.tau: [8, 5, 20] } }\n");
        string[] Taus(params string[] more) =>
            [.. brainsim.Run(["sweep", "net.yaml", "--out", "out", .. more]).Fine().OutputLines.SkipWhile(line => !line.StartsWith("  point", StringComparison.Ordinal)).Skip(1).SkipLast(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];
        Assert.Equal(["8", "5", "20"], Taus());
        Assert.Equal(["5", "8"], Taus("--top", "2", "--by", "r"));
        Assert.Equal(["20"], Taus("--top", "1", "--by", "r", "--lowest"));
        Assert.Equal(["8"], Taus("--top", "1", "--by", "0 - abs(r - " + Rows("out")[1].Split(',')[4] + ")"));
    }

    /// <summary>Issue 7: time constant and threshold of a cell from its rates, to 1 %.</summary>
    [Fact]
    public void CmaEsFindsTheCellOfAKnownCurve()
    {
        string file = Repository.Absolute("examples/f_i_fit.yaml");
        string[] rows = Table("fit", "sweep", file);
        double[] last = [.. rows[^1].Split(',')[3..5].Select(x => double.Parse(x, CultureInfo.InvariantCulture))];
        Assert.InRange(rows.Length, 20, 400);
        Assert.InRange(last[0], 16 * 0.99, 16 * 1.01);
        Assert.InRange(last[1], 18 * 0.99, 18 * 1.01);
        Assert.Equal(rows, Table("again", "sweep", file, "--threads", "3"));
    }

    [Theory]
    [InlineData("there is nothing to vary", "sweep", "plain.yaml")]
    [InlineData("no such parameter of lif. Did you mean tau?", "sweep", "plain.yaml", "--vary", "populations.E.params.tua=[1, 2]")]
    [InlineData("--by: there is no measure 'rr' that is a number. Did you mean r?", "sweep", "plain.yaml", "--vary", "seed=[1]", "--top", "1", "--by", "rr")]
    [InlineData("--top: needs --by MEASURE", "sweep", "plain.yaml", "--vary", "seed=[1]", "--top", "1")]
    [InlineData("--by: says how to list points; give --top N too.", "sweep", "plain.yaml", "--vary", "seed=[1]", "--by", "r")]
    [InlineData("--record: needs --out DIR", "sweep", "plain.yaml", "--vary", "seed=[1]", "--record")]
    [InlineData("--out: plain.yaml: is a file; name a folder.", "sweep", "plain.yaml", "--vary", "seed=[1]", "--out", "plain.yaml")]
    [InlineData("must be a whole number of at least 0, but is x.", "check", "swept.yaml")]
    public void MistakesAreToldInOneSentenceBeforeAnythingRuns(string message, params string[] arguments)
    {
        brainsim.Write("plain.yaml", Net);
        brainsim.Write("swept.yaml", Net + "sweep: { vary: { seed: [1, x] } }\n");
        Brainsim.Ended run = brainsim.Run(arguments);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherCommandsSayThatThereIsASweep()
    {
        brainsim.Write("net.yaml", Grid);
        Assert.Contains("  sweeps over 96 points", brainsim.Run("check", "net.yaml").Fine().OutputLines);
        Assert.Contains("  this was one run of the file as it stands; its sweep is run by: brainsim sweep net.yaml", brainsim.Run("run", "net.yaml").Fine().OutputLines);
    }

    [Fact]
    public void CellsAreQuoted()
    {
        brainsim.Write("net.yaml", Net + """
            sweep: { vary: { title: ["a, \"b\"", c] } }
            """);
        Assert.StartsWith("0,0,3,\"a, \"\"b\"\"\",", Table("out", "sweep", "net.yaml")[1], StringComparison.Ordinal);
    }

    /// <summary>Bytes; 0 where there is none.</summary>
    private long LedgerLength(string folder) => new FileInfo(brainsim.At($"{folder}/points.ledger")) is { Exists: true } file ? file.Length : 0;

    private string[] Table(string folder, params string[] arguments)
    {
        brainsim.Run([.. arguments, "--out", folder, "--quiet"]).Fine();
        return Rows(folder);
    }

    private string[] Rows(string folder) => TableFiles.Rows(brainsim.At($"{folder}/points.csv"));
}
