using System.Net;
using System.Text.Json;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Http;
using EmbeddedFunctions.Worker.Http;

namespace EmbeddedFunctions.Worker;

/// <summary>Answers that tell a caller where to look after the instance that it has started.</summary>
public static class DurableTaskClientExtensions
{
    /// <summary>202 with the instance's addresses as body and that of its status as <c>Location</c>.</summary>
    public static Task<HttpResponseData> CreateCheckStatusResponseAsync(this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default) =>
        client.CreateCheckStatusResponseAsync(request, instanceId, HttpStatusCode.Accepted, cancellation);

    public static async Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client, HttpRequestData request, string instanceId, HttpStatusCode statusCode, CancellationToken cancellation = default)
    {
        var (response, body) = Prepare(client, request, instanceId, statusCode);
        await response.Body.WriteAsync(body, cancellation);
        return response;
    }

    public static HttpResponseData CreateCheckStatusResponse(this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default) =>
        client.CreateCheckStatusResponse(request, instanceId, HttpStatusCode.Accepted, cancellation);

    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client, HttpRequestData request, string instanceId, HttpStatusCode statusCode, CancellationToken cancellation = default)
    {
        var (response, body) = Prepare(client, request, instanceId, statusCode);
        if (response is AspNetCoreResponseData own)
            own.Write(body);
        else
            response.Body.Write(body);
        return response;
    }

    /// <summary>The instance's addresses, as seen by the caller of <paramref name="request"/> or, without one, at the host's own name.</summary>
    /// <exception cref="NotSupportedException">The client is not the host's.</exception>
    public static HttpManagementPayload CreateHttpManagementPayload(this DurableTaskClient client, string instanceId, HttpRequestData? request = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return client is EmbeddedDurableTaskClient { Urls: { } urls }
            ? urls.Of(instanceId, request?.Url.GetLeftPart(UriPartial.Authority))
            : throw new NotSupportedException("Only a client that the host has bound knows the host's addresses.");
    }

    private static (HttpResponseData Response, byte[] Body) Prepare(DurableTaskClient client, HttpRequestData request, string instanceId, HttpStatusCode statusCode)
    {
        var addresses = client.CreateHttpManagementPayload(instanceId, request);
        var response = request.CreateResponse();
        response.StatusCode = statusCode;
        response.Headers.Add("Location", addresses.StatusQueryGetUri);
        response.Headers.Add("Content-Type", "application/json");
        response.Headers.Add("Retry-After", "10");
        return (response, JsonSerializer.SerializeToUtf8Bytes(addresses));
    }
}
