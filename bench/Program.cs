using BrainSim.Bench;
using BrainSim.Engine.Units;

// Prints a line of JSON for every run and, of every case, one with the best run; with --baseline also one that compares it.
try
{
    Options options = Options.Of(args);
    IReadOnlyList<BestRun> baseline = options.Baseline is null ? [] : BestRun.Read(options.Baseline);
    List<BestRun> best = [];
    foreach (Case one in options.Cases)
    {
        BestRun run = Measure(one, options);
        Console.WriteLine(run.ToJson());
        if (options.Baseline is not null)
        {
            run.CompareWith(baseline);
        }

        best.Add(run);
    }

    if (options.SaveBaseline is not null)
    {
        BestRun.Save(options.SaveBaseline, best);
    }

    return 0;
}
catch (UserMistakeException mistake)
{
    Console.Error.WriteLine($"bench: {mistake.Message}");
    return 2;
}

static BestRun Measure(Case one, Options options)
{
    if (one.File is null && !options.Yardstick)
    {
        throw new UserMistakeException(new Place("the command line", 0, 0, one.Name), "the engine has no network file for it, only a hand-written loop; add --yardstick");
    }

    double? run = one.File is null ? null : Enumerable.Range(0, options.Repeat).Min(_ => one.Vary is null ? EngineRun.Once(one, options) : PointsRun.Once(one, options));
    double? yardstick = options.Yardstick ? one.Yardstick?.Invoke(one, options) : null;
    return new BestRun(one.Name, options.Scale, options.Threads, options.Float32, Rounded(run), Rounded(yardstick), one.Bar, Lines.Machine());
}

static double? Rounded(double? seconds) => seconds is double s ? Math.Round(s, 4) : null;
