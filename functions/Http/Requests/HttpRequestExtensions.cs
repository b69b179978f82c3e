using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

/// <summary>How functions read their input: refusals come back as data, every problem of a request together.</summary>
public static class HttpRequestExtensions
{
    /// <summary>
    /// Reads a JSON body as <typeparamref name="T"/> in the family's casing. Refuses what is over the operation's size limit (413), not JSON by its media
    /// type, not strictly well-formed (duplicate names, NaN, depth over 64, invalid UTF-8, trailing bytes), of wrong types, or against the annotations and
    /// <c>IValidatableObject</c> of the record. An absent body counts as <c>{}</c> when every member is optional.
    /// </summary>
    public static ValueTask<Result<T>> ReadBodyAsync<T>(this HttpRequest request, CancellationToken ct)
        where T : class =>
        JsonBodyReader.ReadAsync<T>(ApiRequest.Of(request.HttpContext), ct);

    /// <summary>Reads an <c>application/x-www-form-urlencoded</c> body as <typeparamref name="T"/>, whose members are strings; same refusals.</summary>
    public static ValueTask<Result<T>> ReadFormBodyAsync<T>(this HttpRequest request, CancellationToken ct)
        where T : class =>
        FormBodyReader.ReadAsync<T>(ApiRequest.Of(request.HttpContext), ct);

    /// <summary>The body's bytes as they came, for signed webhooks and uploads of a stated format; refused over the operation's limit.</summary>
    public static async ValueTask<Result<ReadOnlyMemory<byte>>> ReadBytesAsync(this HttpRequest request, CancellationToken ct) =>
        await ApiRequest.Of(request.HttpContext).Body.ReadAsync(ct) is { } bytes ? bytes : RequestErrors.TooLarge;

    /// <summary>A reader of query parameters that collects their problems; look at <see cref="QueryReader.Refusal"/> before using the values.</summary>
    public static QueryReader ReadQuery(this HttpRequest request) => new(request.Query);

    /// <summary>The pipeline's view of the request: operation, family, caller, correlation id.</summary>
    public static ApiRequest Api(this HttpRequest request) => ApiRequest.Of(request.HttpContext);
}
