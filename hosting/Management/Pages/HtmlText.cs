using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>HTML put together from interpolated strings: their literal parts are markup, every value in them is text and encoded, so that none can become markup.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _markup = new();

    public HtmlText Add([InterpolatedStringHandlerArgument("")] ref Handler html) => this;

    public HtmlText Add(HtmlText part)
    {
        _markup.Append(part._markup);
        return this;
    }

    public override string ToString() => _markup.ToString();

    [InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private readonly StringBuilder _markup;

        public Handler(int literalLength, int formattedCount, HtmlText target)
        {
            _markup = target._markup;
            _markup.EnsureCapacity(_markup.Length + literalLength + (formattedCount * 16));
        }

        public void AppendLiteral(string markup) => _markup.Append(markup);

        public void AppendFormatted(string? text) => _markup.Append(HtmlEncoder.Default.Encode(text ?? ""));

        public void AppendFormatted(int number) => _markup.Append(number.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(HtmlText? part) => _markup.Append(part?._markup);
    }
}
