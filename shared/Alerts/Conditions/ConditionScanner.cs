using System.Globalization;
using System.Text;

namespace Platform.Alerts;

/// <summary>
/// Reads the words of a condition and remembers what would have gone on furthest to the right: that is where the mistake is, also when the parser has tried another
/// way since.
/// </summary>
internal sealed class ConditionScanner(string text)
{
    private readonly SortedSet<string> _expected = new(StringComparer.Ordinal);
    private int _furthest;
    private string? _problem;

    /// <summary>Where the next word is looked for; set back to try another way.</summary>
    public int Position { get; set; }

    public bool IsAtEnd
    {
        get
        {
            SkipBlanks();
            return Position == text.Length;
        }
    }

    public ConditionProblem Problem => new(
        _furthest,
        _problem ?? (_furthest >= text.Length ? "The expression ends too early" : $"'{text[_furthest]}' was not expected here"),
        [.. _expected]);

    /// <summary>What could have stood at the present place.</summary>
    public void Expect(string what)
    {
        SkipBlanks();
        if (Position > _furthest && _problem is null)
        {
            _furthest = Position;
            _expected.Clear();
        }

        if (Position == _furthest && _problem is null)
            _expected.Add(what);
    }

    /// <summary>Something that no other way of reading mends.</summary>
    public void Refuse(int position, string problem)
    {
        if (_problem is not null)
            return;
        (_furthest, _problem) = (position, problem);
        _expected.Clear();
    }

    public bool IsRefused => _problem is not null;

    /// <summary>Takes the sign if it comes next; <paramref name="unless"/> follows a longer sign that begins with it.</summary>
    public bool Take(string sign, string unless = "")
    {
        SkipBlanks();
        var end = Position + sign.Length;
        if (string.CompareOrdinal(text, Position, sign, 0, sign.Length) == 0 && !(end < text.Length && unless.Contains(text[end], StringComparison.Ordinal)))
        {
            Position = end;
            return true;
        }

        Expect($"'{sign}'");
        return false;
    }

    /// <summary>Takes the word if it comes next and ends there.</summary>
    public bool TakeWord(string word)
    {
        SkipBlanks();
        var end = Position + word.Length;
        if (string.CompareOrdinal(text, Position, word, 0, word.Length) == 0 && !(end < text.Length && IsNamePart(text[end])))
        {
            Position = end;
            return true;
        }

        Expect($"'{word}'");
        return false;
    }

    /// <summary>Characters as long as they fit; null when not even the first does.</summary>
    public string? TakeWhile(Func<char, bool> isFirst, Func<char, bool> isPart, string what)
    {
        SkipBlanks();
        if (Position == text.Length || !isFirst(text[Position]))
        {
            Expect(what);
            return null;
        }

        var start = Position++;
        while (Position < text.Length && isPart(text[Position]))
            Position++;
        return text[start..Position];
    }

    /// <summary>A number with an exponent or one of the suffixes <c>ms</c>, <c>k</c>, <c>M</c>, <c>%</c>.</summary>
    public double? TakeNumber()
    {
        SkipBlanks();
        var end = Digits(Position);
        if (end == Position)
        {
            Expect("a number");
            return null;
        }

        if (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1]))
            end = Digits(end + 1);
        end = Exponent(end);
        var number = double.Parse(text.AsSpan(Position, end - Position), NumberStyles.Float, CultureInfo.InvariantCulture);
        var start = Position;
        Position = end;
        number = Scaled(number);
        if (!double.IsFinite(number))
            Refuse(start, "The number is too large");
        return number;
    }

    /// <summary>A string in quotes; a backslash keeps its meaning before a quote or a backslash, and stands for itself before all else.</summary>
    public string? TakeString()
    {
        SkipBlanks();
        if (Position == text.Length || text[Position] is not ('"' or '\''))
        {
            Expect("a string");
            return null;
        }

        var (quote, value) = (text[Position], new StringBuilder());
        for (var i = Position + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                Position = i + 1;
                return value.ToString();
            }

            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '\\' or '"' or '\'')
                i++;
            value.Append(text[i]);
        }

        Refuse(Position, "The string has no end");
        return null;
    }

    public void SkipBlanks()
    {
        while (Position < text.Length && char.IsWhiteSpace(text[Position]))
            Position++;
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private int Digits(int from)
    {
        while (from < text.Length && char.IsAsciiDigit(text[from]))
            from++;
        return from;
    }

    private int Exponent(int from)
    {
        if (from == text.Length || text[from] is not ('e' or 'E'))
            return from;
        var digits = from + 1 < text.Length && text[from + 1] is '+' or '-' ? from + 2 : from + 1;
        var end = digits <= text.Length ? Digits(digits) : digits;
        return end > digits ? end : from;
    }

    private double Scaled(double number)
    {
        if (TakeSuffix("ms"))
            return number;
        if (TakeSuffix("k"))
            return number * 1e3;
        if (TakeSuffix("M"))
            return number * 1e6;
        return TakeSuffix("%") ? number / 100 : number;
    }

    private bool TakeSuffix(string suffix)
    {
        if (string.CompareOrdinal(text, Position, suffix, 0, suffix.Length) != 0)
            return false;
        Position += suffix.Length;
        return true;
    }
}

/// <summary>Why an expression is refused, and where: the place of a character, from 0.</summary>
public sealed record ConditionProblem(int Position, string Message, IReadOnlyList<string> Expected);
