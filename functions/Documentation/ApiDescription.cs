using System.Globalization;
using System.Text;
using Microsoft.OpenApi;
using Platform.Functions.Http;

namespace Platform.Functions.Documentation;

/// <summary>The OpenAPI document as bytes; made when it is first asked for, then kept.</summary>
public sealed class ApiDescription(OperationCatalog catalog, Summaries summaries)
{
    private readonly Lazy<CachedAnswer> _answer = new(() => new CachedAnswer(Write(catalog, summaries), "application/json; charset=utf-8", "no-cache"));

    internal CachedAnswer Answer => _answer.Value;

    internal static byte[] Write(OperationCatalog catalog, Summaries summaries)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        new OpenApiBuilder(summaries).Build(catalog).SerializeAsV31(new OpenApiJsonWriter(text));
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
