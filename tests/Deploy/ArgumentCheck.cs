namespace BrainSim.Tests.Deploy;

/// <summary>Command lines are ones that the program takes, and variables ones that it reads.</summary>
internal static class ArgumentCheck
{
    /// <summary>For the arguments of the container itself.</summary>
    private static readonly string[] Own = ["POD_NAME", "POD_NAMESPACE"];

    public static IEnumerable<Finding> Find(Workload workload, ProgramFacts program)
    {
        if (program.Mistake(workload.Arguments) is { } mistake)
        {
            yield return new("argument", workload.Name, mistake);
        }

        if (workload.Container.At("command") is not null)
        {
            yield return new("argument", workload.Name, "takes the place of the image's entry point");
        }

        foreach ((string name, string? value) in workload.Environment)
        {
            if (!program.Reads(name) && !Own.Contains(name))
            {
                yield return new("variable", workload.Name, $"{name} is not read by the program");
            }

            if (value is null)
            {
                yield return new("variable", workload.Name, $"{name} has no text as its value");
            }

            if (Own.Contains(name) && !workload.Arguments.Any(a => a.Contains($"$({name})", StringComparison.Ordinal)))
            {
                yield return new("variable", workload.Name, $"{name} is used nowhere");
            }
        }

        foreach (string option in workload.Arguments.Where(a => a.StartsWith("--", StringComparison.Ordinal)))
        {
            if (workload.Option(option)?.Contains("$(", StringComparison.Ordinal) == true)
            {
                yield return new("variable", workload.Name, $"{option} names a variable that is not there");
            }
        }
    }
}
