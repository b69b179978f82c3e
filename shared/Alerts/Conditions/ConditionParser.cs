using Platform.Metrics;

namespace Platform.Alerts;

/// <summary>
/// Parses the language of conditions (delivery.md §6.2) by recursive descent. A leading parenthesis may open a condition or a sum: both are tried, in this order, and
/// the second try is linear, so that nesting costs its square at most.
/// </summary>
public sealed class ConditionParser
{
    /// <summary>Characters that an expression may have.</summary>
    public const int MaxLength = 1000;

    private const int MaxCalls = 10;
    private const int MaxNesting = 20;
    private const int MinWindow = 10;
    private const int MaxWindow = 7 * 86_400;
    private const int MaxMetric = 200;
    private const int MaxTagKey = 64;
    private static readonly string[] Aggregations = ["avg", "sum", "min", "max", "count", "last", "stddev", "rate", "p50", "p90", "p95", "p99"];
    private static readonly (string Sign, string Unless)[] Comparisons = [(">=", ""), ("<=", ""), ("==", ""), ("!=", ""), (">", ""), ("<", "")];

    private readonly ConditionScanner _text;
    private int _nesting;
    private int _calls;

    private ConditionParser(string text) => _text = new ConditionScanner(text);

    /// <summary>The condition, or what is wrong with the text.</summary>
    public static (Condition? Condition, ConditionProblem? Problem) Parse(string text)
    {
        if (text.Length > MaxLength)
            return (null, new ConditionProblem(MaxLength, $"An expression has at most {MaxLength} characters", []));
        var parser = new ConditionParser(text);
        var condition = parser.Any();
        if (condition is not null && parser._text.IsAtEnd && !parser._text.IsRefused)
            return (condition, null);
        if (condition is not null)
            parser._text.Expect("the end");
        return (null, parser._text.Problem);
    }

    private Condition? Any() => Several(All, "or", "||", parts => new AnyOf(parts));

    private Condition? All() => Several(One, "and", "&&", parts => new AllOf(parts));

    private Condition? Several(Func<Condition?> part, string word, string sign, Func<IReadOnlyList<Condition>, Condition> join)
    {
        List<Condition> parts = [];
        do
        {
            if (part() is not { } next)
                return null;
            parts.Add(next);
        }
        while (_text.TakeWord(word) || _text.Take(sign));
        return parts.Count == 1 ? parts[0] : join(parts);
    }

    private Condition? One()
    {
        if (_text.TakeWord("not") || _text.Take("!", unless: "="))
            return Nested(One) is { } part ? new Not(part) : null;
        var (start, calls) = (_text.Position, _calls);
        if (_text.Take("(") && Nested(Any) is { } inner && _text.Take(")"))
            return inner; // no sum is a condition in parentheses: there is nothing to try again
        (_text.Position, _calls) = (start, calls);
        return _text.IsRefused ? null : Compare();
    }

    private Comparison? Compare()
    {
        if (Sum() is not { } left)
            return null;
        foreach (var (sign, unless) in Comparisons)
        {
            if (_text.Take(sign, unless))
                return Sum() is { } right ? new Comparison(left, sign, right) : null;
        }

        return null;
    }

    private Quantity? Sum() => Chain(Product, '+', '-');

    private Quantity? Product() => Chain(Factor, '*', '/');

    private Quantity? Chain(Func<Quantity?> part, char first, char second)
    {
        var left = part();
        while (left is not null)
        {
            char? sign = _text.Take($"{first}") ? first : _text.Take($"{second}") ? second : null;
            if (sign is not { } found)
                return left;
            left = part() is { } right ? new Arithmetic(left, found, right) : null;
        }

        return null;
    }

    private Quantity? Factor()
    {
        if (_text.Take("-"))
            return Nested(Factor) is { } part ? new Negation(part) : null;
        if (_text.Take("("))
            return Nested(Sum) is { } sum && _text.Take(")") ? sum : null;
        return _text.TakeNumber() is { } number ? new Number(number) : Call();
    }

    private MetricCall? Call()
    {
        _text.SkipBlanks();
        var start = _text.Position;
        var word = _text.TakeWhile(char.IsAsciiLetter, char.IsAsciiLetterOrDigit, "an aggregation");
        if (word is null)
            return null;
        if (!Aggregations.Contains(word))
        {
            _text.Position = start;
            _text.Expect($"an aggregation ({string.Join(", ", Aggregations)})");
            return null;
        }

        if (++_calls > MaxCalls)
            _text.Refuse(start, $"An expression has at most {MaxCalls} calls");
        if (!_text.Take("(") || Metric() is not { } metric || Matches() is not { } matches || Window() is not { } window || !_text.Take(")"))
            return null;
        return new MetricCall(Aggregation.Parse(word)!.Value, metric, matches, window);
    }

    private string? Metric() =>
        Bounded(_text.TakeWhile(char.IsAsciiLetter, c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':' or '/' or '-', "the name of a metric"), MaxMetric);

    private List<TagMatch>? Matches()
    {
        List<TagMatch> matches = [];
        if (!_text.Take("{"))
            return matches;
        do
        {
            if (Match() is not { } match)
                return null;
            matches.Add(match);
        }
        while (_text.Take(","));
        return _text.Take("}") ? matches : null;
    }

    private TagMatch? Match()
    {
        var key = Bounded(_text.TakeWhile(c => char.IsAsciiLetter(c) || c == '_', c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-', "the key of a tag"), MaxTagKey);
        if (key is null || Array.Find(["=~", "!~", "!=", "="], sign => _text.Take(sign)) is not { } sign)
            return null;
        _text.SkipBlanks();
        var start = _text.Position;
        if (_text.TakeString() is not { } value)
            return null;
        if (sign.EndsWith('~') && TagMatch.PatternOf(value) is null)
        {
            _text.Refuse(start, "This is no regular expression that can be matched in linear time");
            return null;
        }

        return new TagMatch(key, sign, value);
    }

    private int? Window()
    {
        if (!_text.Take("["))
            return null;
        _text.SkipBlanks();
        var start = _text.Position;
        if (_text.TakeWhile(char.IsAsciiDigit, char.IsAsciiDigit, "a number") is not { } digits)
            return null;
        long? unit = _text.Take("s") ? 1 : _text.Take("m") ? 60 : _text.Take("h") ? 3600 : _text.Take("d") ? 86_400 : null;
        if (unit is not { } seconds)
            return null;
        if (!int.TryParse(digits, out var count) || count * seconds is < MinWindow or > MaxWindow)
        {
            _text.Refuse(start, "A window is 10s to 7d long");
            return null;
        }

        return _text.Take("]") ? (int)(count * seconds) : null;
    }

    private string? Bounded(string? name, int most)
    {
        if (name?.Length > most)
            _text.Refuse(_text.Position - name.Length, $"This name has more than {most} characters");
        return name;
    }

    private T? Nested<T>(Func<T?> part)
        where T : class
    {
        if (_nesting == MaxNesting)
        {
            _text.Refuse(_text.Position, $"An expression is nested at most {MaxNesting} deep");
            return null;
        }

        _nesting++;
        var read = part();
        _nesting--;
        return read;
    }
}
