namespace EmbeddedFunctions.Broker.Filters;

internal enum SqlTokenKind
{
    /// <summary>An unquoted name or keyword.</summary>
    Word,

    /// <summary>A name in brackets or double quotes; never a keyword.</summary>
    Name,
    Text,
    Number,
    Symbol,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text without quotes.</param>
/// <param name="Position">Where it begins, from 1.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text, int Position)
{
    public bool Is(string keywordOrSymbol) => Kind is SqlTokenKind.Word or SqlTokenKind.Symbol && Text.Equals(keywordOrSymbol, StringComparison.OrdinalIgnoreCase);
}
