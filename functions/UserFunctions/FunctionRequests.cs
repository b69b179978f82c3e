using System.ComponentModel.DataAnnotations;
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

    /// <summary>Start of the range, instead of a period.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of the range; now when there is none.</summary>
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

    public static Result<CodeRequest<T>> Plain<T>(Result<T> body)
        where T : class => body.IsOk ? new CodeRequest<T>(body.Value, null) : body.Error;

    /// <summary>An upload: the body as JSON in one part, the archive in another.</summary>
    public static Result<CodeRequest<T>> Uploaded<T>(Result<Upload<FunctionUpload>> upload)
        where T : class
    {
        if (!upload.IsOk)
            return upload.Error;
        var body = JsonBodyReader.Parse<T>(upload.Value.Fields.Function ?? "{}", Family.Delivery);
        return body.IsOk ? new CodeRequest<T>(body.Value, upload.Value.File?.Content) : body.Error;
    }
}

/// <summary>A request with code: in its body, or as an archive.</summary>
internal sealed record CodeRequest<T>(T Body, ReadOnlyMemory<byte>? Archive);
