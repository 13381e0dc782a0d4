using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using BrainSim.Engine.NetworkFile;
using BrainSim.Engine.Simulation;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary>How a run uses the machine and what it prints: what <c>run</c> and <c>resume</c> both take.</summary>
internal sealed class HostOptions
{
    /// <summary>Most threads, and most shards: more of one machine help nobody.</summary>
    private const int Most = 1024;

    private readonly Option<string?> threads = new("--threads") { Description = "Threads that share the work; default: as many as are worth it, at most one per core.", HelpName = "N" };
    private readonly Option<string?> shards = new("--shards") { Description = "Parts that the network is split into; default: one per thread. Results do not depend on it.", HelpName = "N" };
    private readonly Option<bool> pin = new("--pin") { Description = "Binds each thread to a processor of its own (Linux)." };
    private readonly Option<bool> json = new("--json") { Description = "Prints run.json instead of a table." };
    private readonly Option<bool> profile = new("--profile") { Description = "Says what the run cost: seconds by population and projection, and what it asked of the memory." };
    private readonly Option<bool> quiet = new("--quiet") { Description = "Prints nothing but mistakes, and run.json where --json asks for it." };

    public void AddTo(Command command)
    {
        command.Options.Add(threads);
        command.Options.Add(shards);
        command.Options.Add(pin);
        command.Options.Add(profile);
        command.Options.Add(json);
        command.Options.Add(quiet);
    }

    public HostChoice Choose(ParseResult parsed)
    {
        return new HostChoice(Count(parsed, shards), Count(parsed, threads), parsed.GetValue(pin), parsed.GetValue(profile), parsed.GetValue(json), parsed.GetValue(quiet));
    }

    internal static int? Count(ParseResult parsed, Option<string?> option)
    {
        string? text = parsed.GetValue(option);
        return text is null ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= Most ? count
            : throw new UserMistakeException(new Place(option.Name, 0, 0, ""), $"'{text}' is no number of {option.Name.TrimStart('-')}; use 1 to {Most}.");
    }
}

/// <param name="Shards">Null: one per thread.</param>
/// <param name="Threads">Null: as many as are worth it.</param>
/// <param name="Pin">Each thread is bound to a processor.</param>
/// <param name="Profile">What the run costs is told.</param>
internal sealed record HostChoice(int? Shards, int? Threads, bool Pin, bool Profile, bool Json, bool Quiet)
{
    /// <summary>Operations between two meetings of the threads from which on another thread pays: some 10 µs of work, several times what a meeting takes.</summary>
    private const long WorthAThread = 1_000_000;

    /// <summary>Threads that a run of the network is worth.</summary>
    public static int Worth(CompiledNetwork compiled)
    {
        ImmutableArray<ProjectionSpec> projections = compiled.Network.Projections;
        int? shortest = projections.IsEmpty ? null : projections.Min(p => p.Delay.Steps ?? 0);
        return (int)Math.Clamp(compiled.CompileAll() * compiled.WindowSteps(shortest) / WorthAThread, 1, Environment.ProcessorCount);
    }

    /// <param name="worth">Threads that the run is worth.</param>
    public (int Shards, int Threads) For(int worth)
    {
        int threads = Threads ?? Math.Min(Shards ?? int.MaxValue, worth);
        return (Shards ?? threads, threads);
    }
}
