using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Platform.Blobs;

/// <summary>
/// One container of Azure Blob Storage over its REST interface: address, authorization, retries and error mapping. Retries, pooling and diagnostics are
/// those of Azure.Core's pipeline.
/// </summary>
internal sealed class AzureBlobContainer
{
    private const string ServiceVersion = "2023-11-03";
    private const string TokenScope = "https://storage.azure.com/.default";

    private readonly HttpPipeline _pipeline;
    private readonly Uri _address;

    public AzureBlobContainer(AzureBlobAccount account, string container, TimeProvider clock, TokenCredential? credential, RetrySettings? retry = null)
    {
        _address = new Uri($"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/{container}");
        var options = new Options();
        options.Retry.MaxRetries = retry?.Retries ?? 4;
        options.Retry.Delay = retry?.Delay ?? TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(10);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(60);
        HttpPipelinePolicy authorization = account.Key is null
            ? new BearerTokenAuthenticationPolicy(credential ?? throw new ArgumentNullException(nameof(credential)), TokenScope)
            : new SharedKeyPolicy(account, clock);
        _pipeline = HttpPipelineBuilder.Build(options, authorization);
    }

    /// <summary>
    /// Sends one request for a blob, or for the container when the request names no key. A missing container is created once and the request
    /// repeated; 404 otherwise comes back as null, every other failure throws <see cref="BlobStoreException"/>.
    /// </summary>
    public async Task<Response?> SendAsync(BlobRequest request, CancellationToken ct)
    {
        var response = await SendOnceAsync(request, ct);
        if (request.IsWrite && IsMissingContainer(response))
        {
            response.Dispose();
            await CreateContainerAsync(ct);
            response = await SendOnceAsync(request, ct);
        }

        if (response.Status is >= 200 and < 300)
            return response;
        using (response)
        {
            if (response.Status == 404 && !request.IsWrite)
                return null;
            throw Failure(request.Operation, response);
        }
    }

    private async Task CreateContainerAsync(CancellationToken ct)
    {
        using var response = await SendOnceAsync(new BlobRequest("create container", RequestMethod.Put, null) { Query = [("restype", "container")] }, ct);
        if (response.Status is not (201 or 409))
            throw Failure("create container", response);
    }

    private async Task<Response> SendOnceAsync(BlobRequest request, CancellationToken ct)
    {
        var message = _pipeline.CreateMessage(); // its response belongs to the caller, so it is disposed only on failure
        message.BufferResponse = !request.StreamsResponse;
        message.Request.Method = request.Method;
        message.Request.Uri.Reset(_address);
        if (request.Key is not null)
            message.Request.Uri.AppendPath("/" + request.Key, escape: false);
        foreach (var (name, value) in request.Query)
            message.Request.Uri.AppendQuery(name, value, escapeValue: true);
        foreach (var (name, value) in request.Headers)
            message.Request.Headers.SetValue(name, value);
        message.Request.Headers.SetValue("x-ms-version", ServiceVersion);
        message.Request.Content = request.Content;
        try
        {
            await _pipeline.SendAsync(message, ct);
            return message.Response;
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            message.Dispose();
            throw new BlobStoreException(request.Operation, 0, "Unreachable", e);
        }
    }

    private static bool IsMissingContainer(Response response) => response.Status == 404 && Code(response) == "ContainerNotFound";

    private static BlobStoreException Failure(string operation, Response response) => new(operation, response.Status, Code(response));

    private static string? Code(Response response) => response.Headers.TryGetValue("x-ms-error-code", out var code) ? code : null;

    private sealed class Options : ClientOptions;
}

/// <summary>One REST call of the blob service, relative to the container.</summary>
internal sealed record BlobRequest(string Operation, RequestMethod Method, string? Key)
{
    public (string Name, string Value)[] Query { get; init; } = [];

    public (string Name, string Value)[] Headers { get; init; } = [];

    public RequestContent? Content { get; init; }

    /// <summary>Writes create the container when it is missing; for reads a missing container is a missing blob.</summary>
    public bool IsWrite => Method == RequestMethod.Put;

    public bool StreamsResponse { get; init; }
}

internal sealed record RetrySettings(int Retries, TimeSpan Delay);
