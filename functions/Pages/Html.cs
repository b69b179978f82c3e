using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Platform.Functions.Pages;

/// <summary>
/// A piece of markup, put together from interpolated strings: their literal parts are markup, every value in them is text and encoded, so that no value can become
/// markup. Only another piece is taken as it is.
/// </summary>
internal readonly struct Html
{
    public static readonly Html None = new("");

    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    public static Html Of(ref Handler markup) => new(markup.ToString());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part._markup)));

    public static Html When(bool holds, Func<Html> part) => holds ? part() : None;

    public override string ToString() => _markup ?? "";

    [InterpolatedStringHandler]
    public readonly ref struct Handler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _markup = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string markup) => _markup.Append(markup);

        public void AppendFormatted(string? text) => _markup.Append(WebUtility.HtmlEncode(text));

        public void AppendFormatted(Html part) => _markup.Append(part._markup);

        public void AppendFormatted(Guid id) => _markup.Append(id);

        public void AppendFormatted(long number) => _markup.Append(number.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(double number) => _markup.Append(number.ToString(CultureInfo.InvariantCulture));

        public override string ToString() => _markup.ToString();
    }
}
