using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Metrics;

namespace Platform.Alerts;

/// <summary>A condition of an alert, parsed (delivery.md §6.2). Its text is canonical: what it says parses to the same condition.</summary>
public abstract record Condition
{
    /// <summary>As an operand of <c>and</c>, <c>or</c> and <c>not</c>.</summary>
    internal virtual string Operand => ToString();
}

/// <summary>All of them.</summary>
public sealed record AllOf(IReadOnlyList<Condition> Parts) : Condition
{
    internal override string Operand => $"({this})";

    public override string ToString() => string.Join(" and ", Parts.Select(part => part.Operand));
}

/// <summary>At least one of them.</summary>
public sealed record AnyOf(IReadOnlyList<Condition> Parts) : Condition
{
    internal override string Operand => $"({this})";

    public override string ToString() => string.Join(" or ", Parts.Select(part => part is AllOf ? part.ToString() : part.Operand));
}

public sealed record Not(Condition Part) : Condition
{
    public override string ToString() => Part is Comparison ? $"not ({Part})" : $"not {Part.Operand}";
}

public sealed record Comparison(Quantity Left, string Operator, Quantity Right) : Condition
{
    public override string ToString() => $"{Left} {Operator} {Right}";

    /// <summary>The number that a call is compared with, where nothing else stands beside them.</summary>
    internal double? LevelOf(MetricCall call) => (Left, Right) switch
    {
        (MetricCall left, Number right) when left == call => right.Value,
        (Number left, MetricCall right) when right == call => left.Value,
        _ => null,
    };

    public bool Holds(double left, double right) => Operator switch
    {
        ">" => left > right,
        ">=" => left >= right,
        "<" => left < right,
        "<=" => left <= right,
        "==" => left.Equals(right),
        _ => !left.Equals(right),
    };
}

/// <summary>A number that is worked out when the condition is evaluated.</summary>
public abstract record Quantity
{
    /// <summary>How tightly it binds: sums 1, products 2, everything else 3.</summary>
    internal virtual int Rank => 3;

    internal string In(int rank) => Rank < rank ? $"({this})" : ToString();
}

public sealed record Number(double Value) : Quantity
{
    public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
}

public sealed record Negation(Quantity Part) : Quantity
{
    public override string ToString() => $"-{Part.In(3)}";
}

public sealed record Arithmetic(Quantity Left, char Operator, Quantity Right) : Quantity
{
    internal override int Rank => Operator is '+' or '-' ? 1 : 2;

    // What stands on the right binds tighter: a - (b - c) keeps its parentheses.
    public override string ToString() => $"{Left.In(Rank)} {Operator} {Right.In(Rank + 1)}";
}

/// <summary>A figure of the points of one name within a window that ends at the evaluation.</summary>
public sealed record MetricCall(Aggregation Aggregation, string Metric, IReadOnlyList<TagMatch> Matches, int WindowSeconds) : Quantity
{
    /// <summary>The window as it is written.</summary>
    public string Window => TimeBuckets.Word(WindowSeconds);

    public override string ToString()
    {
        var text = new StringBuilder(Aggregation.Word).Append('(').Append(Metric);
        if (Matches.Count > 0)
            text.Append('{').AppendJoin(", ", Matches).Append('}');
        return text.Append('[').Append(Window).Append("])").ToString();
    }
}

/// <summary>A condition on a tag; a point without the tag counts as one with an empty value.</summary>
/// <param name="Operator"><c>=</c>, <c>!=</c>, or with a regular expression over the whole value <c>=~</c>, <c>!~</c>.</param>
public sealed record TagMatch(string Key, string Operator, string Value)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    private readonly Regex? _pattern = Operator.EndsWith('~') ? PatternOf(Value) : null;

    /// <summary>Null when it is no regular expression of the linear-time engine.</summary>
    public static Regex? PatternOf(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Longest); // by itself, so that it cannot close the group around it
            return new Regex($@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Longest);
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public bool Fits(MetricSeries series)
    {
        var value = series.Tags.GetValueOrDefault(Key, "");
        return _pattern is null
            ? string.Equals(value, Value, StringComparison.Ordinal) == (Operator == "=")
            : _pattern.IsMatch(value) == (Operator == "=~");
    }

    public override string ToString() => $"{Key}{Operator}\"{Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
