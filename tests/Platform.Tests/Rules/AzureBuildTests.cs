using System.Text.RegularExpressions;
using System.Xml.Linq;
using Platform.Data;
using Platform.Functions.Http;
using Platform.Tests.Fixtures;
using Platform.Tests.Hosting;

namespace Platform.Tests.Rules;

/// <summary>What can be known of the Azure build without its packages: the project files leave the embedded host out, and both hosts offer the same.</summary>
public sealed class AzureBuildTests
{
    private static readonly string[] Projects = ["functions/Platform.Functions.csproj", "orchestrations/Platform.Orchestrations.csproj", "shared/Platform.Shared.csproj"];

    [Fact]
    public void Projects_ReferenceTheEmbeddedHostOnTheEmbeddedHostOnly() => Violations.None(Projects
        .SelectMany(project => Xml(project).Descendants("ProjectReference").Where(reference => reference.Attribute("Include")!.Value.Contains("hosting", StringComparison.Ordinal))
            .Where(reference => !ConditionOf(reference).Contains("'$(FunctionsHost)' == 'Embedded'", StringComparison.Ordinal))
            .Select(reference => $"{project}: {reference}")));

    [Fact]
    public void Projects_ReferenceOfficialPackagesOnAzureOnly_AndEachHasAVersion()
    {
        var versions = Xml("Directory.Packages.props").Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value).ToHashSet(StringComparer.Ordinal);
        var references = Projects.SelectMany(project => Xml(project).Descendants("PackageReference"))
            .Where(reference => Regex.IsMatch(reference.Attribute("Include")!.Value, @"^Microsoft\.(?:Azure\.Functions|DurableTask)")).ToList();

        Assert.NotEmpty(references);
        Violations.None(references.Where(reference => !ConditionOf(reference).Contains("'$(FunctionsHost)' == 'Azure'", StringComparison.Ordinal)).Select(reference => $"unconditional: {reference}")
            .Concat(references.Where(reference => !versions.Contains(reference.Attribute("Include")!.Value)).Select(reference => $"no version: {reference}")));
    }

    [Fact]
    public void GlobalUsings_OfBothHosts_AreTheSameNamespaces()
    {
        var usings = Xml("Directory.Build.props").Descendants("Using").ToLookup(
            element => ConditionOf(element).Contains("'Azure'", StringComparison.Ordinal), element => element.Attribute("Include")!.Value);

        Assert.NotEmpty(usings[false]);
        Assert.Equal(usings[true].Order(StringComparer.Ordinal), usings[false].Select(OfficialSurface.Translate).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EmbeddedAdapters_EachHaveAnAzureCounterpart()
    {
        var azure = string.Concat(Directory.EnumerateFiles(RepositoryFiles.PathOf("functions", "Hosts", "Azure"), "*.cs").Select(File.ReadAllText));
        var offered = typeof(OperationCatalog).Assembly.GetTypes().Where(type => type.Namespace == "Platform.Functions.Hosts")
            .SelectMany(type => type.GetInterfaces()).Where(type => type.Assembly == typeof(PlatformDbContext).Assembly).Distinct().ToList();

        Assert.NotEmpty(offered);
        Violations.None(offered.Where(type => !Regex.IsMatch(azure, $@"AddSingleton<{type.Name}\b")).Select(type => $"functions/Hosts/Azure registers no {type.Name}"));
    }

    [Fact]
    public void HostAdapters_HaveTheSameEntryPointOnBothHosts() =>
        Assert.Equal(EntryPoint("Embedded"), EntryPoint("Azure"));

    [Fact]
    public void Sources_DoNotAskWhichHostTheyAreBuiltFor() => Violations.None(SourceFiles("functions", "orchestrations", "shared")
        .Where(file => Regex.IsMatch(file.Text, @"^\s*#(?:if|elif)\b", RegexOptions.Multiline)).Select(file => file.Path));

    /// <summary>Types of the embedded host that the official packages lack are named by its own adapters only, however they come into scope.</summary>
    [Fact]
    public void Sources_OutsideTheEmbeddedAdapters_NameNoServiceOfTheEmbeddedHost()
    {
        var services = typeof(FunctionAttribute).Assembly.GetExportedTypes().Where(type => type.Namespace == "EmbeddedFunctions.Hosting").Select(type => type.Name).ToList();

        Assert.NotEmpty(services);
        var names = new Regex($@"\b({string.Join('|', services.Select(Regex.Escape))})\b");
        Violations.None(SourceFiles("functions", "orchestrations", "shared")
            .Where(file => !file.Path.StartsWith("functions/Hosts/Embedded/", StringComparison.Ordinal))
            .SelectMany(file => names.Matches(file.Text).Select(match => $"{file.Path}: {match.Value}")));
    }

    private static string EntryPoint(string host) =>
        Regex.Match(File.ReadAllText(RepositoryFiles.PathOf("functions", "Hosts", host, "HostAdapters.cs")), @"public static .*\)(?=\s*\{)").Value is { Length: > 0 } signature
            ? signature
            : throw new InvalidOperationException($"functions/Hosts/{host} has no entry point.");

    private static IEnumerable<(string Path, string Text)> SourceFiles(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(RepositoryFiles.PathOf(folder), "*.cs", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(RepositoryFiles.Root, path).Replace('\\', '/'))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Select(path => (path, File.ReadAllText(RepositoryFiles.PathOf(path))));

    private static XDocument Xml(string path) => XDocument.Load(RepositoryFiles.PathOf(path));

    private static string ConditionOf(XElement element) => $"{element.Attribute("Condition")?.Value} {element.Parent?.Attribute("Condition")?.Value}";
}
