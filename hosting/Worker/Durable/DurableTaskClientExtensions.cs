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

    /// <summary>Waits for the end of the instance: 200 with its state (500 for a failed one, if asked for). When <paramref name="cancellation"/> comes first, 202 with its addresses.</summary>
    /// <param name="client">The client.</param>
    /// <param name="request">What is answered.</param>
    /// <param name="instanceId">It may also be started only later.</param>
    /// <param name="retryInterval">How often to look for an instance that does not exist yet, 1 s by default; one that does tells when it ends.</param>
    /// <param name="returnInternalServerErrorOnFailure">Whether a failure is answered with 500.</param>
    /// <param name="getInputsAndOutputs">Whether input, output and custom status are in the answer.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<HttpResponseData> WaitForCompletionOrCreateCheckStatusResponseAsync(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        TimeSpan? retryInterval = null,
        bool returnInternalServerErrorOnFailure = false,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default)
    {
        try
        {
            while (await client.GetInstanceAsync(instanceId, cancellation) is null)
                await Task.Delay(retryInterval ?? TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
            var ended = await client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs, cancellation);
            var response = request.CreateResponse();
            response.StatusCode = ended.RuntimeStatus == OrchestrationRuntimeStatus.Failed && returnInternalServerErrorOnFailure ? HttpStatusCode.InternalServerError : HttpStatusCode.OK;
            response.Headers.Add("Content-Type", "application/json; charset=utf-8");
            await response.Body.WriteAsync(EndedInstance.Json(ended), CancellationToken.None);
            return response;
        }
        catch (OperationCanceledException)
        {
            return await client.CreateCheckStatusResponseAsync(request, instanceId, CancellationToken.None);
        }
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

    /// <summary>What the official extension writes, with its names.</summary>
    private sealed record EndedInstance(
        string Name,
        string InstanceId,
        DateTimeOffset CreatedAt,
        DateTimeOffset LastUpdatedAt,
        string RuntimeStatus,
        string? SerializedInput,
        string? SerializedOutput,
        string? SerializedCustomStatus)
    {
        public static byte[] Json(OrchestrationMetadata instance) => JsonSerializer.SerializeToUtf8Bytes(new EndedInstance(
            instance.Name,
            instance.InstanceId,
            instance.CreatedAt,
            instance.LastUpdatedAt,
            instance.RuntimeStatus.ToString(),
            instance.SerializedInput,
            instance.SerializedOutput,
            instance.SerializedCustomStatus));
    }
}
