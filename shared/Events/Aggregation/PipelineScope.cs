namespace Platform.Events.Aggregation;

/// <summary>What the parts of a pipeline share while it is compiled: the place of the stage in the request, and which members of an event anything reads.</summary>
internal sealed class PipelineScope(AggregationBudget budget)
{
    private readonly HashSet<string> _roots = new(StringComparer.Ordinal) { "_id" };
    private bool _all;
    private bool _replaced;

    public AggregationBudget Budget { get; } = budget;

    public int Stage { get; set; }

    /// <summary>Whether the pipeline reads this member of the event.</summary>
    public bool Reads(string root) => _all || _roots.Contains(root);

    /// <summary>A path is read. Once a stage has replaced the documents, paths do not lead into events any more.</summary>
    public FieldPath Path(string text)
    {
        var path = FieldPath.Parse(text) ?? throw Refuse($"'{text}' is not a path");
        if (!_replaced)
            _roots.Add(path.Root);
        return path;
    }

    /// <summary>The stage passes on nothing of its documents but what its own paths name.</summary>
    public void Replace() => _replaced = true;

    /// <summary>The pipeline is over.</summary>
    public void End() => _all |= !_replaced;

    public PipelineRefusedException Refuse(string message) => new(message, Stage);
}
