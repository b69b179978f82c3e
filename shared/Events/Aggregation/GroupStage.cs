namespace Platform.Events.Aggregation;

/// <summary>A named accumulator of <c>$group</c>: what goes in, and how it is gathered.</summary>
internal sealed record GroupField(string Name, Formula Value, Func<Accumulator> Create);

internal sealed class GroupStage(Formula key, IReadOnlyList<GroupField> fields, AggregationBudget budget, Stage next) : PassingStage(next)
{
    private const int PerField = 64;

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly List<Group> _inOrder = [];

    public override bool Accept(Document document)
    {
        budget.Check();
        var id = key(document) is var value and not Missing ? value : null;
        var group = Find(id);
        for (var i = 0; i < fields.Count; i++)
            budget.Hold(group.Accumulators[i].Add(fields[i].Value(document)));
        return true;
    }

    public override void Complete()
    {
        foreach (var group in _inOrder)
        {
            var members = fields.Select((field, i) => KeyValuePair.Create(field.Name, group.Accumulators[i].Result)).Prepend(KeyValuePair.Create("_id", group.Id));
            if (!Next.Accept(new Document(members)))
                break;
        }

        Next.Complete();
    }

    private Group Find(object? id)
    {
        var text = Ordering.KeyOf(id);
        if (_groups.TryGetValue(text, out var known))
            return known;
        budget.Hold(text.Length + Values.Weigh(id) + (PerField * (fields.Count + 1)));
        var made = new Group(id, [.. fields.Select(field => field.Create())]);
        _groups.Add(text, made);
        _inOrder.Add(made);
        return made;
    }

    private sealed record Group(object? Id, Accumulator[] Accumulators);
}
