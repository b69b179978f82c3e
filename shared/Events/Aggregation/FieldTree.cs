namespace Platform.Events.Aggregation;

/// <summary>Fields by their dotted names, as a tree: what <c>$project</c> and <c>$addFields</c> say of each.</summary>
internal sealed class FieldTree
{
    private readonly OrderedDictionary<string, FieldTree> _children = new(StringComparer.Ordinal);

    /// <summary>The value of a leaf; null for one that is taken, or left out, as it is.</summary>
    private Formula? _formula;

    private bool IsLeaf => _children.Count == 0;

    /// <summary>Adds a leaf; false when another field is already there, above or below it.</summary>
    public bool Add(IEnumerable<string> segments, Formula? formula)
    {
        var (node, isNew) = (this, false);
        foreach (var segment in segments)
        {
            if (node != this && node.IsLeaf && !isNew)
                return false;
            isNew = !node._children.TryGetValue(segment, out var child);
            node = child ?? (node._children[segment] = new FieldTree());
        }

        node._formula = formula;
        return isNew;
    }

    public bool Has(string name) => _children.ContainsKey(name);

    /// <summary>A document of nothing but the fields of the tree.</summary>
    public Document Select(Document document, Document root) => new(_children.Select(child => KeyValuePair.Create(child.Key, child.Value.Selected(document[child.Key], root))));

    /// <summary>The document without the fields of the tree.</summary>
    public Document Omit(Document document) => new(document.Members
        .Where(member => !_children.TryGetValue(member.Key, out var child) || !child.IsLeaf)
        .Select(member => KeyValuePair.Create(member.Key, _children.TryGetValue(member.Key, out var child) ? Each(member.Value, child.Omit) : member.Value)));

    /// <summary>The document with the fields of the tree in place of its own.</summary>
    public Document Set(Document document, Document root)
    {
        var members = document.Copy();
        foreach (var (name, child) in _children)
            members[name] = child.IsLeaf ? child._formula!(root) : child.Set(document[name] as Document ?? new Document([]), root);
        return new Document(members);
    }

    private object? Selected(object? value, Document root)
    {
        if (IsLeaf)
            return _formula is { } formula ? formula(root) : value;
        var isComputed = HasFormula();
        return value is Document or ValueList || !isComputed ? Each(value, document => Select(document, root), otherwise: Missing.Value) : Select(new Document([]), root);
    }

    private bool HasFormula() => _formula is not null || _children.Values.Any(child => child.HasFormula());

    private static object? Each(object? value, Func<Document, Document> map) => Each(value, map, value);

    private static object? Each(object? value, Func<Document, Document> map, object? otherwise) => value switch
    {
        Document document => map(document),
        ValueList list => new ValueList([.. list.Items.Select(item => item is Document document ? map(document) : item)]),
        _ => otherwise,
    };
}
