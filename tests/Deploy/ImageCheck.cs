using BrainSim.Tests.Architecture;

namespace BrainSim.Tests.Deploy;

/// <summary>The image is built as the launcher builds the program, from the same files, and is the one that the pods run.</summary>
internal static class ImageCheck
{
    /// <summary>The folder of the image that the entry point is in, and the name of the program.</summary>
    private const string Program = "brainsim";

    public static IEnumerable<Finding> Find(Manifests manifests, ProgramFacts program)
    {
        ImageFile image = manifests.Image;
        foreach (Workload workload in manifests.Workloads.Where(w => w.Container.Text("image") != $"{Program}:{program.Version}"))
        {
            yield return new("image", workload.Name, $"runs {workload.Container.Text("image")}; this is version {program.Version}");
        }

        if (!image.EntryPoint.SequenceEqual([$"{image.Folder}/{Program}"]) || image.Publish.SkipWhile(w => w != "-o").Skip(1).First() != image.Folder)
        {
            yield return new("image", "Dockerfile", "the entry point is not the program that is published");
        }

        if (!(long.TryParse(image.User.User, out long user) && user > 0 && long.TryParse(image.User.Group, out _)))
        {
            yield return new("image", "Dockerfile", "USER must be USER:GROUP in numbers, and not root");
        }

        string[] here = Essence(image.Publish), launcher = Essence(Launched());
        if (!here.SequenceEqual(launcher))
        {
            yield return new("image", "Dockerfile", $"publishes with {string.Join(' ', here)}; ./brainsim with {string.Join(' ', launcher)}");
        }

        string[] sources = [.. image.Sources.Order(StringComparer.Ordinal)];
        string[] allowed = [.. Repository.Read(".dockerignore").Split('\n').Where(l => l.StartsWith('!')).Select(l => l[1..]).Order(StringComparer.Ordinal)];
        if (!sources.SequenceEqual(allowed) || !sources.SequenceEqual(LauncherSources()))
        {
            yield return new("image", "Dockerfile", $"copies {string.Join(", ", sources)}; .dockerignore lets pass {string.Join(", ", allowed)}; ./brainsim builds from {string.Join(", ", LauncherSources())}");
        }
    }

    /// <summary>Without the folders, which differ, and with the same words for what is filled in.</summary>
    private static string[] Essence(string[] words)
    {
        string[] folders = ["-o", "--artifacts-path"];
        return [.. words.Where((word, i) => !folders.Contains(word) && (i == 0 || !folders.Contains(words[i - 1])))];
    }

    private static string[] Launched()
    {
        string launcher = Repository.Read("brainsim").Replace("\\\n", " ", StringComparison.Ordinal);
        int start = launcher.IndexOf("dotnet publish", StringComparison.Ordinal);
        string command = launcher[start..launcher.IndexOf(')', start)];
        return ImageFile.Words(command.Replace("\"$1\"", "${RID}", StringComparison.Ordinal).Replace("\"$2\"", "true", StringComparison.Ordinal));
    }

    /// <summary>What makes the launcher build again.</summary>
    private static string[] LauncherSources()
    {
        string launcher = Repository.Read("brainsim");
        int start = launcher.IndexOf("newer=$(find", StringComparison.Ordinal);
        string command = launcher[start..launcher.IndexOf("-newer", start, StringComparison.Ordinal)];
        return [.. command.Split('"').Where(w => w.StartsWith("$root/", StringComparison.Ordinal)).Select(w => w["$root/".Length..]).Order(StringComparer.Ordinal)];
    }
}
