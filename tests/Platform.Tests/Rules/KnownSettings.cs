using System.Reflection;
using System.Text.RegularExpressions;
using Platform.Data;
using Platform.Functions.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>Every setting that the product reads: the properties of classes with a constant <c>Section</c>, and the keys that the sources spell out.</summary>
internal static partial class KnownSettings
{
    private static readonly Assembly[] Product = [typeof(OperationCatalog).Assembly, typeof(PlatformDbContext).Assembly, typeof(FunctionAttribute).Assembly];

    public static HashSet<string> Read() => [.. Product.SelectMany(assembly => assembly.GetTypes()).SelectMany(OfClass), .. OfSources()];

    private static IEnumerable<string> OfClass(Type type) => Section(type) is { } section && !section.StartsWith("AzureFunctionsJobHost", StringComparison.Ordinal) ? Properties(section, type) : [];

    private static string? Section(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static) is { IsLiteral: true } field && !type.IsAbstract ? (string?)field.GetRawConstantValue() : null;

    private static IEnumerable<string> Properties(string section, Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod?.IsPublic == true || property.PropertyType.IsGenericType)
        .SelectMany(property => property.PropertyType.IsClass && property.PropertyType.Namespace!.StartsWith("Platform", StringComparison.Ordinal)
            ? Properties($"{section}:{property.Name}", property.PropertyType)
            : [$"{section}:{property.Name}"]);

    private static IEnumerable<string> OfSources() => ((string[])["functions", "shared", "orchestrations", "hosting"])
        .SelectMany(folder => Directory.EnumerateFiles(RepositoryFiles.PathOf(folder), "*.cs", SearchOption.AllDirectories))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
        .SelectMany(path => SpelledOut().Matches(File.ReadAllText(path)).Select(match => match.Groups["key"].Value));

    [GeneratedRegex(@"(onfiguration\[|\.GetValue(<[\w?]+>)?\(|\.GetSection\(|Duration\(configuration, )""(?<key>[A-Z]\w+(:\w+)+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex SpelledOut();
}
