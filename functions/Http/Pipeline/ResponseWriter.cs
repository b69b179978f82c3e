using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Platform.Functions.Http;

/// <summary>Writes one JSON answer in the envelope of the request's family.</summary>
internal sealed class ResponseWriter(TimeProvider clock)
{
    private static readonly StringValues JsonType = "application/json";
    private static readonly StringValues Challenge = "Bearer";
    private static readonly StringValues NoStore = "no-store";

    public Task AnswerAsync(ApiRequest request, object? value)
    {
        var response = request.Http.Response;
        if (request.Success is { } success)
            response.StatusCode = success;
        else if (response.StatusCode == StatusCodes.Status200OK)
            response.StatusCode = value is Nothing && request.Operation.Success == StatusCodes.Status200OK ? StatusCodes.Status204NoContent : request.Operation.Success;
        if (response.Headers.CacheControl.Count == 0)
            response.Headers.CacheControl = request.Operation.Cache ?? NoStore;
        return value is null or Nothing ? Task.CompletedTask : WriteAsync(request, Envelope.For(request), value, error: null);
    }

    public Task RefuseAsync(ApiRequest request, Error error)
    {
        var envelope = Envelope.For(request);
        var response = request.Http.Response;
        response.StatusCode = envelope.StatusOf(error);
        response.Headers.CacheControl = NoStore;
        if (error.Kind == ErrorKind.Unauthenticated)
            response.Headers.WWWAuthenticate = Challenge;
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString();
        else if (response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = "5";
        return WriteAsync(request, envelope, value: null, error);
    }

    private async Task WriteAsync(ApiRequest request, Envelope envelope, object? value, Error? error)
    {
        using var buffer = new PooledBuffer();
        var facts = new EnvelopeFacts(clock.GetUtcNow(), request.CorrelationId, request.Operation.TellsSuccess);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = envelope.Json.Writing.Encoder, SkipValidation = true }))
        {
            if (error is not null)
                envelope.WriteError(writer, error, facts);
            else
                envelope.WriteSuccess(writer, value!, facts);
        }
        var response = request.Http.Response;
        response.Headers.ContentType = JsonType;
        response.ContentLength = buffer.Length;
        if (!HttpMethods.IsHead(request.Http.Request.Method))
            await response.Body.WriteAsync(buffer.Written, request.Http.RequestAborted);
    }
}
