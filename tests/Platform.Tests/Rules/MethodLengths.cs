using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Platform.Tests.Rules;

/// <summary>Lines of methods, constructors, operators, accessors and local functions from the signature to the end, attributes and comments before it not counted.</summary>
internal static class MethodLengths
{
    public static IEnumerable<string> LongerThan(int max, SourceFile file) => file.Root.DescendantNodes()
        .Select(node => (Node: node, Name: NameOf(node)))
        .Where(method => method.Name is not null)
        .Select(method => (method.Name, Lines: LinesOf(method.Node)))
        .Where(method => method.Lines > max)
        .Select(method => $"{file.Path}: {method.Name} has {method.Lines} lines");

    private static int LinesOf(SyntaxNode node)
    {
        var lists = node.ChildNodes().OfType<AttributeListSyntax>().ToList();
        var start = lists.Count == 0 ? node.GetFirstToken() : lists[^1].GetLastToken().GetNextToken();
        return node.GetLocation().GetLineSpan().EndLinePosition.Line - start.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
    }

    private static string? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        BaseMethodDeclarationSyntax other => other.Kind().ToString(),
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } accessor => $"{property.Identifier.Text}.{accessor.Keyword.Text}",
        PropertyDeclarationSyntax { ExpressionBody: not null } property => property.Identifier.Text,
        _ => null,
    };
}
