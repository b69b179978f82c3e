using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>docs/settings.md names every setting that the product reads, and no other.</summary>
public sealed class SettingsGuideTests
{
    // Named by a word that the installation chooses, or by the framework.
    private static readonly string[] Families = ["Runtimes:", "RateLimit:Limits", "Logging:", "Host:Http:Limits", "ServiceBus:"];

    private static readonly HashSet<string> Documented = [.. Regex.Matches(File.ReadAllText(RepositoryFiles.PathOf("docs", "settings.md")), @"`([A-Z]\w+(?::\w+)+)`").Select(match => match.Groups[1].Value)];

    [Fact]
    public void Guide_NamesEverySetting() => Violations.None(KnownSettings.Read().Where(name => !IsOfAFamily(name) && !Documented.Contains(name)).Order(StringComparer.Ordinal));

    [Fact]
    public void Guide_NamesNothingElse()
    {
        var known = KnownSettings.Read();
        Violations.None(Documented.Where(name => !IsOfAFamily(name) && !known.Contains(name)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sample_HoldsKnownSettingsOnly()
    {
        var known = KnownSettings.Read();
        using var sample = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.PathOf("local.settings.sample.json")));
        var keys = sample.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name).Where(name => name.Contains("__", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(keys);
        Violations.None(keys.Where(key => !known.Contains(key.Replace("__", ":", StringComparison.Ordinal))));
    }

    private static bool IsOfAFamily(string name) => Array.Exists(Families, family => name.StartsWith(family, StringComparison.Ordinal));
}
