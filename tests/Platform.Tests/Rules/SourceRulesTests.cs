using System.Text.RegularExpressions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>House rules that are seen in the text of the repository's files.</summary>
public sealed class SourceRulesTests
{
    private const int MaxFileLines = 300;
    private const int MaxMethodLines = 40;

    private static readonly IReadOnlyList<SourceFile> Files = SourceFile.Product;

    [Fact]
    public void Files_AreFound() => Assert.True(Files.Count > 100 && SourceFile.Tests.Count > 50);

    [Fact]
    public void Files_HaveAtMost300Lines() =>
        Violations.None(Files.Concat(SourceFile.Tests).Where(file => file.Lines > MaxFileLines).Select(file => $"{file.Path}: {file.Lines}"));

    [Fact]
    public void Methods_HaveAtMost40Lines() => Violations.None(Files.SelectMany(file => MethodLengths.LongerThan(MaxMethodLines, file)));

    [Fact]
    public void MethodLengths_CountFromTheSignatureToTheEnd()
    {
        var file = new SourceFile("x.cs", """
            class C
            {
                /// <summary>Not counted.</summary>
                [Fact]
                void Three(string text = "{")
                {
                }

                int Two() =>
                    1;

                void Five()
                {
                    void Local() { }
                    // }
                }
            }
            """);

        Assert.Equal(["x.cs: Three has 3 lines", "x.cs: Five has 5 lines"], MethodLengths.LongerThan(2, file));
    }

    [Fact]
    public void OnlyTheEmbeddedAdapters_NameTheEmbeddedHost() => Violations.None(Files
        .Where(file => !file.IsBelow("hosting") && !file.IsBelow("functions/Hosts/Embedded"))
        .Where(file => Regex.IsMatch(file.Text, @"\bEmbeddedFunctions\b")).Select(file => file.Path));

    [Fact]
    public void Functions_NameNoOrchestrations() => Violations.None(Files
        .Where(file => file.IsBelow("functions") && Regex.IsMatch(file.Text, @"\bPlatform\.Orchestrations\b")).Select(file => file.Path));

    [Fact]
    public void Hosting_NamesNothingOfThePlatform() => Violations.None(Files
        .Where(file => file.IsBelow("hosting") && Regex.IsMatch(file.Text, @"(using|namespace) Platform\b")).Select(file => file.Path));

    [Fact]
    public void Shared_NamesNothingAboveIt() => Violations.None(Files
        .Where(file => file.IsBelow("shared") && Regex.IsMatch(file.Text, @"\bPlatform\.(Functions|Orchestrations)\b(?!\s*;?\s*</)")).Select(file => file.Path));
}
