using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Platform.Tests.Rules;

/// <summary>
/// Which rooms (<c>shared/Events</c>, <c>functions/Http</c>) a file names, by its using directives and by names with a namespace in front. What the whole app may name
/// without saying so (the namespace Platform itself, a project's global usings) is not seen here.
/// </summary>
internal sealed class AreaReferences
{
    private readonly HashSet<string> _rooms;
    private readonly HashSet<(string Room, string Name)> _members;

    public AreaReferences(IReadOnlyCollection<SourceFile> files)
    {
        _rooms = [.. files.Select(file => RoomOf(file.Path)).OfType<string>()];
        _members = [.. files.SelectMany(MembersOf)];
    }

    /// <summary>The folder below the floor; null for a file of the floor itself.</summary>
    public static string? RoomOf(string path) => path.Split('/') is [var floor, var area, _, ..] ? $"{floor}/{area}" : null;

    public IEnumerable<string> Of(SourceFile file) => file.Root.DescendantNodes()
        .Select(node => node switch
        {
            UsingDirectiveSyntax { NamespaceOrType: { } name } => RoomOfNamespace(NamesOf(name)),
            QualifiedNameSyntax or MemberAccessExpressionSyntax when node.Parent is not (UsingDirectiveSyntax or BaseNamespaceDeclarationSyntax) => RoomOfReference(NamesOf(node), file.Path),
            _ => null,
        })
        .OfType<string>().Distinct();

    private static IEnumerable<(string Room, string Name)> MembersOf(SourceFile file)
    {
        var space = file.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(declaration => NamesOf(declaration.Name)).FirstOrDefault();
        if (RoomOf(file.Path) is not { } room || space is null)
            return [];
        var types = file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.Text);
        return types.Concat(space).Select(name => (room, name));
    }

    private string? RoomOfNamespace(string[] names) => names switch
    {
        ["Platform", "Functions", var area, ..] => Known($"functions/{area}"),
        ["Platform", "Orchestrations", var area, ..] => Known($"orchestrations/{area}"),
        ["Platform", var area, ..] => Known($"shared/{area}"),
        _ => null,
    };

    // Inside Platform.* a name may begin below it (Sandbox.Linux.Cgroup); that it is a namespace and no property shows in what follows it.
    private string? RoomOfReference(string[] names, string path) => names switch
    {
        ["Platform", ..] => RoomOfNamespace(names),
        [var area, var member, ..] => ((string[])[path.Split('/')[0], "shared"]).Select(floor => $"{floor}/{area}").FirstOrDefault(room => _members.Contains((room, member))),
        _ => null,
    };

    private string? Known(string room) => _rooms.Contains(room) ? room : null;

    private static string[] NamesOf(SyntaxNode name) => name switch
    {
        QualifiedNameSyntax qualified => [.. NamesOf(qualified.Left), qualified.Right.Identifier.Text],
        MemberAccessExpressionSyntax access => [.. NamesOf(access.Expression), access.Name.Identifier.Text],
        AliasQualifiedNameSyntax alias => [alias.Name.Identifier.Text],
        SimpleNameSyntax simple => [simple.Identifier.Text],
        _ => [""],
    };
}
