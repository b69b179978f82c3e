using System.Globalization;
using EmbeddedFunctions.Hosting;

namespace EmbeddedFunctions.Broker.Filters;

/// <summary>
/// The condition language of Service Bus subscription rules:
/// https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter. Conditions are true, false or unknown (a missing property, values of different
/// kinds); only true fits. Not supported: parameters and actions. A wrong expression throws <see cref="FormatException"/>.
/// </summary>
internal sealed class SqlFilter
{
    private const int MaxLength = 1024; // the official limit, which also bounds the depth of the recursion

    private static readonly string[] Comparisons = ["=", "<>", "!=", "<", "<=", ">", ">="];

    private readonly List<SqlToken> _tokens;
    private int _at;

    private SqlFilter(string sql) => _tokens = SqlTokenizer.Tokenize(sql);

    private delegate object? Value(OutgoingMessage message);

    private SqlToken Current => _tokens[_at];

    /// <summary>Compiles the expression to a predicate.</summary>
    public static Func<OutgoingMessage, bool> Compile(string sql)
    {
        if (sql.Length > MaxLength)
            throw new FormatException($"A filter has at most {MaxLength} characters.");
        var filter = new SqlFilter(sql);
        var condition = filter.Or();
        if (filter.Current.Kind != SqlTokenKind.End)
            throw filter.Unexpected();
        return message => condition(message) is true;
    }

    private Value Or()
    {
        var left = And();
        while (Take("OR"))
        {
            var (a, b) = (left, And());
            left = m => (a(m), b(m)) switch { (true, _) or (_, true) => true, (false, false) => false, _ => null };
        }

        return left;
    }

    private Value And()
    {
        var left = Not();
        while (Take("AND"))
        {
            var (a, b) = (left, Not());
            left = m => (a(m), b(m)) switch { (false, _) or (_, false) => false, (true, true) => true, _ => null };
        }

        return left;
    }

    private Value Not() => Take("NOT") ? Negated(Not()) : Predicate();

    private Value Predicate()
    {
        var left = Sum();
        if (Array.Find(Comparisons, Take) is { } comparison)
            return Comparison(comparison, left, Sum());
        if (Take("IS"))
        {
            var negated = Take("NOT");
            Require("NULL");
            return m => left(m) is null != negated;
        }

        if (Current.Is("NOT") || Current.Is("IN") || Current.Is("LIKE"))
        {
            var negated = Take("NOT");
            var condition = Take("IN") ? In(left) : Like(left);
            return negated ? Negated(condition) : condition;
        }

        return left;
    }

    private Value In(Value left)
    {
        Require("(");
        var choices = new List<Value> { Sum() };
        while (Take(","))
            choices.Add(Sum());
        Require(")");
        return m =>
        {
            var value = left(m);
            if (value is null)
                return null;
            return choices.Exists(c => SqlValues.Compare(value, c(m)) == 0);
        };
    }

    private Value Like(Value left)
    {
        Require("LIKE");
        var pattern = Sum();
        char? escape = Take("ESCAPE") ? Take(SqlTokenKind.Text) is [var c] ? c : throw new FormatException("ESCAPE takes one character.") : null;
        return m => left(m) is string text && pattern(m) is string wanted ? SqlValues.IsLike(text, wanted, escape) : null;
    }

    private Value Sum()
    {
        var left = Product();
        while (Current.Is("+") || Current.Is("-"))
            left = Calculation(left, Product);
        return left;
    }

    private Value Product()
    {
        var left = Factor();
        while (Current.Is("*") || Current.Is("/") || Current.Is("%"))
            left = Calculation(left, Factor);
        return left;
    }

    private Value Factor()
    {
        if (Take("-"))
        {
            var negated = Factor();
            return m => SqlValues.Negate(negated(m));
        }

        if (Take("+"))
            return Factor();
        if (!Take("("))
            return Current.Kind is SqlTokenKind.Text or SqlTokenKind.Number ? Constant() : Named();

        var inner = Or();
        Require(")");
        return inner;
    }

    private Value Constant()
    {
        var token = _tokens[_at++];
        if (token.Kind == SqlTokenKind.Text)
            return _ => token.Text;
        object number = long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole
            : double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) ? fraction
            : throw new FormatException($"'{token.Text}' at {token.Position} is no number.");
        return _ => number;
    }

    private Value Named()
    {
        var token = Current;
        if (token.Kind == SqlTokenKind.Name)
            return Property();
        if (token.Kind != SqlTokenKind.Word)
            throw Unexpected();
        if (Take("TRUE"))
            return static _ => true;
        if (Take("FALSE"))
            return static _ => false;
        if (Take("NULL"))
            return static _ => null;
        if (Take("EXISTS"))
            return Exists();
        if (_tokens[_at + 1].Is("(") && (Take("PROPERTY") || Take("P")))
            return PropertyByText();
        return Property();
    }

    private Value Exists()
    {
        Require("(");
        var property = Property();
        Require(")");
        return m => property(m) is not null;
    }

    private Value PropertyByText()
    {
        Require("(");
        var name = Take(SqlTokenKind.Text);
        Require(")");
        return m => FilterProperties.User(m, name);
    }

    private Value Property()
    {
        var name = Name();
        if (!Take("."))
            return m => FilterProperties.User(m, name);

        var property = Name();
        if (name.Equals("user", StringComparison.OrdinalIgnoreCase))
            return m => FilterProperties.User(m, property);
        var read = name.Equals("sys", StringComparison.OrdinalIgnoreCase) ? FilterProperties.System(property) : null;
        return read is null ? throw new FormatException($"There is no property {name}.{property}.") : new Value(read);
    }

    private string Name()
    {
        if (Current.Kind is not (SqlTokenKind.Word or SqlTokenKind.Name))
            throw Unexpected();
        return _tokens[_at++].Text;
    }

    private Value Calculation(Value left, Func<Value> next)
    {
        var symbol = _tokens[_at++].Text;
        var right = next();
        return m => SqlValues.Calculate(symbol, left(m), right(m));
    }

    private static Value Negated(Value condition) => m => condition(m) switch { true => false, false => true, _ => null };

    private static Value Comparison(string symbol, Value left, Value right)
    {
        Func<int, bool> holds = symbol switch
        {
            "=" => static order => order == 0,
            "<" => static order => order < 0,
            "<=" => static order => order <= 0,
            ">" => static order => order > 0,
            ">=" => static order => order >= 0,
            _ => static order => order != 0,
        };
        return m => SqlValues.Compare(left(m), right(m)) is { } order ? holds(order) : null;
    }

    private bool Take(string keywordOrSymbol)
    {
        if (!Current.Is(keywordOrSymbol))
            return false;
        _at++;
        return true;
    }

    private string Take(SqlTokenKind kind) => Current.Kind == kind ? _tokens[_at++].Text : throw Unexpected();

    private void Require(string keywordOrSymbol)
    {
        if (!Take(keywordOrSymbol))
            throw new FormatException($"{keywordOrSymbol} is expected at {Current.Position}, not '{Current.Text}'.");
    }

    private FormatException Unexpected() => new($"'{Current.Text}' at {Current.Position} is not expected there.");
}
