namespace Platform.Events.Aggregation;

/// <summary>One step of a running pipeline: takes documents and gives others to the next.</summary>
internal abstract class Stage
{
    /// <summary>False when it wants no more documents.</summary>
    public abstract bool Accept(Document document);

    /// <summary>There are no more documents.</summary>
    public abstract void Complete();
}

/// <summary>A step that makes nothing of its own at the end.</summary>
internal abstract class PassingStage(Stage next) : Stage
{
    protected Stage Next { get; } = next;

    public override void Complete() => Next.Complete();
}

internal sealed class MatchStage(Predicate<Document> condition, Stage next) : PassingStage(next)
{
    public override bool Accept(Document document) => !condition(document) || Next.Accept(document);
}

/// <summary>Makes one document of each: <c>$project</c>, <c>$addFields</c>.</summary>
internal sealed class MapStage(Func<Document, Document> map, AggregationBudget budget, Stage next) : PassingStage(next)
{
    public override bool Accept(Document document)
    {
        budget.Check();
        return Next.Accept(map(document));
    }
}

internal sealed class SkipStage(long count, Stage next) : PassingStage(next)
{
    private long _left = count;

    public override bool Accept(Document document) => _left-- > 0 || Next.Accept(document);
}

internal sealed class LimitStage(long count, Stage next) : PassingStage(next)
{
    private long _left = count;

    public override bool Accept(Document document) => _left > 0 && Next.Accept(document) && --_left > 0;
}

internal sealed class CountStage(string name, Stage next) : PassingStage(next)
{
    private long _count;

    public override bool Accept(Document document)
    {
        _count++;
        return true;
    }

    public override void Complete()
    {
        if (_count > 0)
            Next.Accept(new Document([KeyValuePair.Create(name, (object?)_count)]));
        Next.Complete();
    }
}

/// <summary>One document per element of a list.</summary>
internal sealed class UnwindStage(FieldPath path, bool keepsEmpty, AggregationBudget budget, Stage next) : PassingStage(next)
{
    public override bool Accept(Document document)
    {
        switch (path.Read(document))
        {
            case ValueList { Items.Count: > 0 } list:
                return list.Items.All(item => AcceptOne(document, item));
            case ValueList:
                return !keepsEmpty || AcceptOne(document, Missing.Value);
            case null or Missing:
                return !keepsEmpty || Next.Accept(document);
            default:
                return Next.Accept(document);
        }
    }

    private bool AcceptOne(Document document, object? item)
    {
        budget.Check();
        return Next.Accept((Document)Replaced(document, 0, item)!);
    }

    private object? Replaced(object? at, int depth, object? item)
    {
        if (depth == path.Segments.Count)
            return item;
        if (at is not Document document)
            return at;
        var members = document.Copy();
        var name = path.Segments[depth];
        members[name] = Replaced(document[name], depth + 1, item);
        return new Document(members);
    }
}

/// <summary>The end: collects what comes out.</summary>
internal sealed class ResultStage(AggregationBudget budget) : Stage
{
    public List<Document> Documents { get; } = [];

    public override bool Accept(Document document)
    {
        budget.Hold(document.Weight);
        Documents.Add(document);
        return true;
    }

    public override void Complete()
    {
        // nothing follows
    }
}
