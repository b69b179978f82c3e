using System.Globalization;

namespace Platform.Events.Aggregation;

/// <summary>A dotted path into a document; a list on the way stands for its elements, a number for one of them.</summary>
internal sealed class FieldPath
{
    private readonly string[] _segments;

    private FieldPath(string[] segments) => _segments = segments;

    public string Root => _segments[0];

    public IReadOnlyList<string> Segments => _segments;

    /// <summary>Null when the text is no path.</summary>
    public static FieldPath? Parse(string text)
    {
        var segments = text.Split('.');
        return Array.TrueForAll(segments, segment => segment.Length > 0 && segment[0] != '$') ? new FieldPath(segments) : null;
    }

    /// <summary>The value for an expression: through lists it is the list of what its elements have.</summary>
    public object? Read(Document document) => Read(document, 0);

    /// <summary>Every value that a condition may be held against.</summary>
    public IEnumerable<object?> Candidates(Document document) => Candidates(document, 0);

    private object? Read(object? value, int depth)
    {
        if (depth == _segments.Length)
            return value;
        return value switch
        {
            Document document => Read(document[_segments[depth]], depth + 1),
            ValueList list => new ValueList([.. list.Items.Where(item => item is Document).Select(item => Read(item, depth)).Where(item => item is not Missing)]),
            _ => Missing.Value,
        };
    }

    private IEnumerable<object?> Candidates(object? value, int depth)
    {
        if (depth == _segments.Length)
            return value is ValueList whole ? [whole, .. whole.Items] : [value];
        return value switch
        {
            Document document => Candidates(document[_segments[depth]], depth + 1),
            ValueList list when ElementOf(list, _segments[depth]) is { } element => Candidates(element, depth + 1),
            ValueList list => list.Items.Where(item => item is Document).SelectMany(item => Candidates(item, depth)),
            _ => [Missing.Value],
        };
    }

    private static object? ElementOf(ValueList list, string segment) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count ? list.Items[index] : null;
}
