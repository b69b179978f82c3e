using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

/// <summary>
/// How functions read their input: refusals come back as data, every problem of a request together. Only what the function's <c>[Operation]</c> declares
/// can be read, so that the OpenAPI document shows what is read.
/// </summary>
public static class HttpRequestExtensions
{
    /// <summary>
    /// Reads a JSON body as <typeparamref name="T"/> in the family's casing. Refuses what is over the operation's size limit (413), not JSON by its media
    /// type, not strictly well-formed (duplicate names, NaN, depth over 64, invalid UTF-8, trailing bytes), of wrong types, or against the annotations and
    /// <c>IValidatableObject</c> of the record. An absent body counts as <c>{}</c> when every member is optional.
    /// </summary>
    public static ValueTask<Result<T>> ReadBodyAsync<T>(this HttpRequest request, CancellationToken ct)
        where T : class =>
        JsonBodyReader.ReadAsync<T>(Declared(request, operation => operation.Body, typeof(T)), ct);

    /// <summary>Reads an <c>application/x-www-form-urlencoded</c> body as <typeparamref name="T"/>, whose members are strings; same refusals.</summary>
    public static ValueTask<Result<T>> ReadFormBodyAsync<T>(this HttpRequest request, CancellationToken ct)
        where T : class =>
        FormBodyReader.ReadAsync<T>(Declared(request, operation => operation.Form, typeof(T)), ct);

    /// <summary>
    /// Reads a <c>multipart/form-data</c> body: its text parts as <typeparamref name="T"/>, whose members are strings, and the file in the part <c>file</c>, if there
    /// is one; same refusals.
    /// </summary>
    public static ValueTask<Result<Upload<T>>> ReadUploadAsync<T>(this HttpRequest request, CancellationToken ct)
        where T : class =>
        MultipartBodyReader.ReadAsync<T>(Declared(request, operation => operation.Upload, typeof(T)), ct);

    /// <summary>Whether the body is <c>multipart/form-data</c>, for operations that take that or JSON.</summary>
    public static bool IsMultipart(this HttpRequest request) => MultipartBoundary.Of(request) is not null;

    /// <summary>The body's bytes as they came, for signed webhooks and uploads of a stated format; refused over the operation's limit.</summary>
    public static async ValueTask<Result<ReadOnlyMemory<byte>>> ReadBytesAsync(this HttpRequest request, CancellationToken ct) =>
        await Declared(request, operation => operation.Body, typeof(byte[])).Body.ReadAsync(ct) is { } bytes ? bytes : RequestErrors.TooLarge;

    /// <summary>The request as it came, for operations that hand it on.</summary>
    public static RawRequest ReadRaw(this HttpRequest request)
    {
        var api = ApiRequest.Of(request.HttpContext);
        return api.Operation.Raw ? new RawRequest(api) : throw new InvalidOperationException($"Function '{api.Operation.Name}' reads its request as it came, which its [Operation] does not declare");
    }

    /// <summary>
    /// Reads the query parameters as <typeparamref name="T"/>: a record of optional scalars and lists of scalars, whose initial values are the defaults and
    /// whose annotations are the limits. Refuses as bodies are refused, with <c>query</c> as the place.
    /// </summary>
    public static Result<T> ReadQuery<T>(this HttpRequest request)
        where T : class =>
        ShapeCatalog.For(Declared(request, operation => operation.Query, typeof(T)).Family).QueryOf(typeof(T)).Read<T>(request.Query);

    /// <summary>The pipeline's view of the request: operation, family, caller, correlation id.</summary>
    public static ApiRequest Api(this HttpRequest request) => ApiRequest.Of(request.HttpContext);

    private static ApiRequest Declared(HttpRequest request, Func<Operation, Type?> declaration, Type read)
    {
        var api = ApiRequest.Of(request.HttpContext);
        return declaration(api.Operation) == read ? api : throw new InvalidOperationException($"Function '{api.Operation.Name}' reads {read}, which its [Operation] does not declare");
    }
}
