namespace BrainSim.Coordinator.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Level">One of the words of <see cref="Finding"/>.</param>
/// <param name="Text">What is the case.</param>
/// <param name="Fix">What to do about it; empty where nothing is to be done.</param>
internal sealed record Finding(string Subject, string Level, string Text, string Fix = "")
{
    public const string Fine = "ok";
    public const string Warning = "warning";
    public const string Problem = "problem";

    public static Finding Ok(string subject, FormattableString text) => new(subject, Fine, FormattableString.Invariant(text));

    public static Finding Warn(string subject, FormattableString text, string fix) => new(subject, Warning, FormattableString.Invariant(text), fix);

    public static Finding Bad(string subject, FormattableString text, string fix) => new(subject, Problem, FormattableString.Invariant(text), fix);

    public override string ToString() => $"{Level,-7}  {Subject}: {Text}{(Fix.Length > 0 ? $"; {Fix}" : "")}";
}
