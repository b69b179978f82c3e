using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

/// <summary>A request whose input is not the platform's to judge: it is handed on as it came.</summary>
public sealed class RawRequest
{
    private readonly ApiRequest _request;

    internal RawRequest(ApiRequest request) => _request = request;

    public HttpRequest Http => _request.Http.Request;

    /// <summary>Without the question mark.</summary>
    public string QueryString => Http.QueryString.Value is { Length: > 0 } query ? query[1..] : "";

    public IQueryCollection Query => Http.Query;

    public string CorrelationId => _request.CorrelationId;

    public string ClientAddress => _request.ClientAddress;

    /// <summary>The bytes of the body, valid until the request ends; refused over the operation's limit.</summary>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> ReadBodyAsync(CancellationToken ct) => await _request.Body.ReadAsync(ct) is { } bytes ? bytes : RequestErrors.TooLarge;
}
