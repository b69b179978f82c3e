using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Platform.Functions.Http;
using Platform.Metrics;

namespace Platform.Functions.Metrics;

/// <summary>
/// Answers that are worked out at most once in 15 s (<c>Analytics:CacheSeconds</c>) for everybody who asks the same of the same project, with the <c>ETag</c> of their data
/// (delivery.md §0.6).
/// </summary>
public sealed class ReportCache(IOptions<AnalyticsOptions> options, TimeProvider clock) : IDisposable
{
    private const long MaxBytes = 64 * 1024 * 1024;
    private const int MaxReportBytes = 4 * 1024 * 1024;
    private const int Turns = 64;

    private readonly MemoryCache _reports = new(new MemoryCacheOptions { SizeLimit = MaxBytes });
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Turns).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Answers a GET whose query has been read, and whose place (organization and project) has been checked.</summary>
    public async Task<object> AnswerAsync<T>(HttpRequest http, (Guid? Organization, Guid? Project) place, object query, Func<Task<Result<T>>> compute)
        where T : notnull
    {
        var ct = http.HttpContext.RequestAborted;
        var key = $"{http.Api().Operation.Name}|{place.Organization:N}|{place.Project:N}|{JsonSerializer.Serialize(query, query.GetType(), WireJson.Camel.Writing)}";
        if (Find<T>(key) is not { } report)
        {
            var turn = _turns[(key.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % Turns];
            await turn.WaitAsync(ct);
            try
            {
                report = Find<T>(key);
                if (report is null)
                {
                    var computed = await compute();
                    if (!computed.IsOk)
                        return computed;
                    report = Keep(key, computed.Value);
                }
            }
            finally
            {
                turn.Release();
            }
        }

        return Answer(http, report);
    }

    public void Dispose()
    {
        _reports.Dispose();
        foreach (var turn in _turns)
            turn.Dispose();
    }

    private object Answer<T>(HttpRequest http, Report<T> report)
        where T : notnull
    {
        var headers = http.HttpContext.Response.Headers;
        headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"private, max-age={options.Value.CacheSeconds}");
        headers.ETag = report.Tag;
        return IsKnown(http, report.Tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : (Result<T>)report.Value;
    }

    private Report<T>? Find<T>(string key)
        where T : notnull => _reports.TryGetValue(key, out Report<T>? report) && clock.GetUtcNow() < report!.Until ? report : null;

    private Report<T> Keep<T>(string key, T value)
        where T : notnull
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Camel.Writing);
        var kept = TimeSpan.FromSeconds(options.Value.CacheSeconds);
        var report = new Report<T>(value, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"", clock.GetUtcNow() + kept);
        if (kept > TimeSpan.Zero && bytes.Length <= MaxReportBytes)
            _reports.Set(key, report, new MemoryCacheEntryOptions { Size = bytes.Length + key.Length, AbsoluteExpirationRelativeToNow = kept });
        return report;
    }

    private static bool IsKnown(HttpRequest http, string tag) => EntityTagHeaderValue.TryParseList(http.Headers.IfNoneMatch, out var known)
        && known.Any(candidate => candidate.Equals(EntityTagHeaderValue.Any) || candidate.Tag.Equals(tag, StringComparison.Ordinal));

    private sealed record Report<T>(T Value, string Tag, DateTimeOffset Until);
}
