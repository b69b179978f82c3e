namespace Platform.Events.Aggregation;

/// <summary>One key of a sort.</summary>
internal sealed record SortKey(FieldPath Path, bool Descending);

/// <summary>Sorts what it has seen; of equal documents the earlier comes first.</summary>
/// <param name="keys">The first that differs decides.</param>
/// <param name="most">How many of the first documents anybody will look at; the others need not be kept.</param>
/// <param name="budget">Pays for what is kept.</param>
/// <param name="next">Takes them in their order.</param>
internal sealed class SortStage(IReadOnlyList<SortKey> keys, long most, AggregationBudget budget, Stage next) : PassingStage(next)
{
    private const int FewestBeforeCut = 1000;

    private readonly List<Entry> _entries = [];
    private long _seen;

    public override bool Accept(Document document)
    {
        budget.Check();
        budget.Hold(document.Weight);
        _entries.Add(new Entry(document, [.. keys.Select(key => key.Path.Read(document))], _seen++));
        if (_entries.Count >= FewestBeforeCut && _entries.Count / 2 >= most)
            Cut((int)most);
        return true;
    }

    public override void Complete()
    {
        Cut(_entries.Count);
        foreach (var entry in _entries)
        {
            budget.Hold(-entry.Document.Weight);
            if (!Next.Accept(entry.Document))
                break;
        }

        Next.Complete();
    }

    private void Cut(int count)
    {
        _entries.Sort(Compare);
        foreach (var dropped in _entries[count..])
            budget.Hold(-dropped.Document.Weight);
        _entries.RemoveRange(count, _entries.Count - count);
    }

    private int Compare(Entry left, Entry right)
    {
        budget.Check();
        for (var i = 0; i < keys.Count; i++)
        {
            if (Ordering.Compare(left.Keys[i], right.Keys[i]) is var order and not 0)
                return keys[i].Descending ? -order : order;
        }

        return left.Number.CompareTo(right.Number);
    }

    private sealed record Entry(Document Document, object?[] Keys, long Number);
}
