using System.Xml;
using System.Xml.Linq;

namespace BrainSim.Tests.Architecture;

internal static class ProjectReferences
{
    /// <summary>Project to the projects of ours that it may reference.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Contracts"] = [],
        ["Engine"] = [],
        ["Node"] = ["Engine", "Contracts"],
        ["Coordinator"] = ["Engine", "Contracts", "Node"],
    };

    public static IEnumerable<Violation> In(string path, string xml)
    {
        string project = Short(path);
        if (!Allowed.TryGetValue(project, out string[]? allowed))
        {
            return [new Violation(path, 1, $"{project} is no known project", "put the code into Contracts, Engine, Node or Coordinator, or add the project to the table in ProjectReferences.")];
        }

        string may = allowed.Length == 0 ? "nothing of ours" : string.Join(", ", allowed);
        return References(xml)
            .Where(reference => !allowed.Contains(reference.Project))
            .Select(reference => new Violation(path, reference.Line, $"{project} references {reference.Project}", $"it may reference {may}."));
    }

    private static IEnumerable<(string Project, int Line)> References(string xml) =>
        from element in XDocument.Parse(xml, LoadOptions.SetLineInfo).Descendants()
        let include = element.Attribute("Include")?.Value ?? ""
        where element.Name.LocalName == "ProjectReference" || (element.Name.LocalName == "Reference" && include.Contains("BrainSim", StringComparison.Ordinal))
        select (Short(include), ((IXmlLineInfo)element).LineNumber);

    /// <summary>../Engine/BrainSim.Engine.csproj is Engine.</summary>
    private static string Short(string path) =>
        path.Replace('\\', '/').Split('/')[^1].Replace("BrainSim.", "", StringComparison.Ordinal).Replace(".csproj", "", StringComparison.Ordinal);
}
