using System.Text.RegularExpressions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>House rules that are seen in the text of the product's files.</summary>
public sealed class SourceRulesTests
{
    private const int MaxLines = 300;

    private static readonly (string Path, string Text)[] Files = [.. ((string[])["functions", "orchestrations", "shared", "hosting"])
        .SelectMany(folder => Directory.EnumerateFiles(RepositoryFiles.PathOf(folder), "*.cs", SearchOption.AllDirectories))
        .Select(path => (Path: Path.GetRelativePath(RepositoryFiles.Root, path).Replace('\\', '/'), Full: path))
        .Where(file => !file.Path.Contains("/obj/", StringComparison.Ordinal) && !file.Path.Contains("/bin/", StringComparison.Ordinal))
        .Select(file => (file.Path, File.ReadAllText(file.Full)))];

    [Fact]
    public void Files_AreFound() => Assert.True(Files.Length > 100);

    [Fact]
    public void Files_HaveAtMost300Lines() =>
        Violations.None(Files.Select(file => (file.Path, Lines: file.Text.Count(c => c == '\n'))).Where(file => file.Lines > MaxLines).Select(file => $"{file.Path}: {file.Lines}"));

    [Fact]
    public void OnlyTheEmbeddedAdapters_NameTheEmbeddedHost() => Violations.None(Files
        .Where(file => !file.Path.StartsWith("hosting/", StringComparison.Ordinal) && !file.Path.StartsWith("functions/Hosts/Embedded/", StringComparison.Ordinal))
        .Where(file => Regex.IsMatch(file.Text, @"\bEmbeddedFunctions\b")).Select(file => file.Path));

    [Fact]
    public void Functions_NameNoOrchestrations() => Violations.None(Files
        .Where(file => file.Path.StartsWith("functions/", StringComparison.Ordinal) && Regex.IsMatch(file.Text, @"\bPlatform\.Orchestrations\b")).Select(file => file.Path));

    [Fact]
    public void Hosting_NamesNothingOfThePlatform() => Violations.None(Files
        .Where(file => file.Path.StartsWith("hosting/", StringComparison.Ordinal) && Regex.IsMatch(file.Text, @"(using|namespace) Platform\b")).Select(file => file.Path));

    [Fact]
    public void Shared_NamesNothingAboveIt() => Violations.None(Files
        .Where(file => file.Path.StartsWith("shared/", StringComparison.Ordinal) && Regex.IsMatch(file.Text, @"\bPlatform\.(Functions|Orchestrations)\b(?!\s*;?\s*</)")).Select(file => file.Path));

    [Fact]
    public void Orchestrators_UseNothingThatReplayWouldSeeDiffer() => Violations.None(Files
        .Where(file => file.Path.EndsWith("Orchestrator.cs", StringComparison.Ordinal))
        .SelectMany(file => Regex.Matches(file.Text, @"\b(DateTime(Offset)?\.(Utc)?Now|Guid\.(NewGuid|CreateVersion7)|Task\.(Run|Delay)|Random\b|Thread\.|HttpClient|File\.|Directory\.|Environment\.|ConfigureAwait\(false)")
            .Select(match => $"{file.Path}: {match.Value}")));
}
