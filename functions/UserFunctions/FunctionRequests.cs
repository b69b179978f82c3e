using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Functions.Metrics;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Query of <c>GET /api/functions/{functionId}/metrics</c>.</summary>
public sealed record FunctionMetricsQuery : IValidatableObject
{
    /// <summary>Instead of from and to: <c>24h</c>, <c>7d</c>.</summary>
    [RegularExpression(TimeWords.Period)]
    public string? Period { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Length of a bucket; absent: the shortest of which there are at most 100.</summary>
    [RegularExpression("1m|5m|15m|1h|6h|1d")]
    public string? Interval { get; init; }

    /// <summary>Only this version.</summary>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeWords.Check(From, To, Period);
}

/// <summary>Query of <c>GET /api/functions/{functionId}/analytics</c>.</summary>
public sealed record FunctionAnalyticsQuery : IValidatableObject
{
    /// <summary>Up to now: <c>24h</c>, <c>7d</c>.</summary>
    [RegularExpression(TimeWords.Period)]
    public string Period { get; init; } = "7d";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeWords.Check(null, null, Period);
}

/// <summary>Code comes in the JSON body, or as an archive in a part of an upload.</summary>
internal static class FunctionRequests
{
    public const string Part = "code";

    /// <summary>Bytes of an upload: an archive of 50 MB and what is around it.</summary>
    public const long UploadLimit = 51L * 1024 * 1024;

    /// <summary>The body, and the archive if it came as one.</summary>
    public static async Task<Result<(T Body, ReadOnlyMemory<byte>? Archive)>> ReadCodeAsync<T>(this HttpRequest http, CancellationToken ct)
        where T : class
    {
        if (!http.IsMultipart())
        {
            var body = await http.ReadBodyAsync<T>(ct);
            return body.IsOk ? (body.Value, (ReadOnlyMemory<byte>?)null) : body.Error;
        }

        var upload = await http.ReadUploadAsync<FunctionUpload>(ct);
        if (!upload.IsOk)
            return upload.Error;
        var fields = JsonBodyReader.Parse<T>(upload.Value.Fields.Function ?? "{}", Family.Delivery);
        return fields.IsOk ? (fields.Value, upload.Value.File?.Content) : fields.Error;
    }
}
