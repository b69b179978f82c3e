using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>A source file of the repository; <see cref="Path"/> is relative to its root, with slashes.</summary>
public sealed record SourceFile(string Path, string Text)
{
    private SyntaxNode? _root;

    public static IReadOnlyList<SourceFile> Product { get; } = [.. Below("functions", "orchestrations", "shared", "hosting")];

    public static IReadOnlyList<SourceFile> Tests { get; } = [.. Below("tests")];

    public SyntaxNode Root => _root ??= CSharpSyntaxTree.ParseText(Text).GetRoot();

    public int Lines => Text.Count(c => c == '\n');

    public bool IsBelow(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static IEnumerable<SourceFile> Below(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(RepositoryFiles.PathOf(folder), "*.cs", SearchOption.AllDirectories))
        .Select(path => (Full: path, Path: System.IO.Path.GetRelativePath(RepositoryFiles.Root, path).Replace('\\', '/')))
        .Where(file => !file.Path.Contains("/obj/", StringComparison.Ordinal) && !file.Path.Contains("/bin/", StringComparison.Ordinal))
        .Select(file => new SourceFile(file.Path, File.ReadAllText(file.Full)));
}
