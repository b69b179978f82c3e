using System.Text.Json;

namespace Platform.Events.Aggregation;

/// <summary>Compiles the stages that change fields: <c>$project</c> and <c>$addFields</c>.</summary>
internal sealed class FieldCompiler(PipelineScope scope, ExpressionCompiler expressions)
{
    private const string Id = "_id";

    public Func<Document, Document> AddFields(JsonElement argument)
    {
        var tree = new FieldTree();
        foreach (var (path, value) in Leaves(argument, []))
            Add(tree, path, expressions.Compile(value));
        return document => tree.Set(document, document);
    }

    /// <summary>Either the fields to take, with new ones, or those to leave out; <c>_id</c> is taken unless it is left out.</summary>
    public Func<Document, Document> Project(JsonElement argument)
    {
        var leaves = Leaves(argument, []).ToList();
        var omitted = leaves.Where(leaf => IsOmission(leaf.Value)).ToList();
        var leavesOutId = omitted.Exists(leaf => leaf.Path is [Id]);
        if (omitted.Count == leaves.Count)
            return Omit(omitted);
        if (omitted.Exists(leaf => leaf.Path is not [Id]))
            throw scope.Refuse("'$project' either takes or leaves out fields; only '_id' may be left out beside taken ones");
        return Take(leaves.Where(leaf => !IsOmission(leaf.Value)), leavesOutId);
    }

    private Func<Document, Document> Omit(List<(string[] Path, JsonElement Value)> omitted)
    {
        var tree = new FieldTree();
        foreach (var (path, _) in omitted)
            Add(tree, path, null);
        return tree.Omit;
    }

    private Func<Document, Document> Take(IEnumerable<(string[] Path, JsonElement Value)> taken, bool leavesOutId)
    {
        var tree = new FieldTree();
        if (!leavesOutId)
            tree.Add([Id], null);
        foreach (var (path, value) in taken)
        {
            var formula = IsInclusion(value) ? null : expressions.Compile(value);
            if (formula is null)
                scope.Path(string.Join('.', path));
            if (path is not [Id] || formula is not null)
                Add(tree, path, formula);
        }

        scope.Replace();
        return document => tree.Select(document, document);
    }

    private void Add(FieldTree tree, string[] path, Formula? formula)
    {
        if (!tree.Add(path, formula) && path is not [Id])
            throw scope.Refuse($"'{string.Join('.', path)}' is named twice");
    }

    // A nested object without operators names fields below.
    private IEnumerable<(string[] Path, JsonElement Value)> Leaves(JsonElement argument, string[] above)
    {
        if (argument.ValueKind != JsonValueKind.Object || !argument.EnumerateObject().Any())
            throw scope.Refuse("The stage needs an object of fields");
        foreach (var member in argument.EnumerateObject())
        {
            var path = FieldPath.Parse(member.Name) ?? throw scope.Refuse($"Unknown operator '{member.Name}'");
            string[] full = [.. above, .. path.Segments];
            if (member.Value.ValueKind == JsonValueKind.Object && !member.Value.EnumerateObject().Any(inner => inner.Name.StartsWith('$')))
            {
                foreach (var leaf in Leaves(member.Value, full))
                    yield return leaf;
            }
            else
            {
                yield return (full, member.Value);
            }
        }
    }

    private static bool IsOmission(JsonElement value) => value.ValueKind == JsonValueKind.False || (value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0);

    private static bool IsInclusion(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.Number;
}
