using System.Globalization;
using Microsoft.AspNetCore.Http;
using Platform.Executions;

namespace Platform.Functions.Executions;

/// <summary>Reads what the area's operations take from path, query and headers.</summary>
internal static class ExecutionRequests
{
    private const int MaxWaitSeconds = 200;

    /// <summary>Ids in paths are opaque: what cannot be one is simply not found.</summary>
    public static Guid ToId(this string text) => Guid.TryParse(text, out var id) ? id : Guid.Empty;

    /// <summary>
    /// How long the caller wants to wait for the result: query <c>wait</c>, 0 to 200 seconds, else the preference of RFC 7240, which is cut to what is possible.
    /// </summary>
    public static Result<TimeSpan> ReadWait(this HttpRequest http)
    {
        var query = http.ReadQuery();
        var asked = query.OptionalInt("wait", 0, MaxWaitSeconds);
        if (query.Refusal is { } refusal)
            return refusal;
        return TimeSpan.FromSeconds(asked ?? Preferred(http.Headers["Prefer"]));
    }

    public static Result<ExecutionFilter> ReadExecutionFilter(this QueryReader query)
    {
        var (from, to) = query.TimeRange("start_time", "end_time");
        var filter = new ExecutionFilter(
            query.Choice<ExecutionStatus>("status"), query.Text("lang", 32), from, to, query.Int("limit", 50, 1, 200), query.Int("skip", 0, 0, int.MaxValue));
        return query.Refusal is { } refusal ? refusal : filter;
    }

    public static Result<SagaFilter> ReadSagaFilter(this QueryReader query)
    {
        var skip = query.OptionalInt("offset", 0, int.MaxValue) ?? query.Int("skip", 0, 0, int.MaxValue);
        var filter = new SagaFilter(query.Choice<SagaState>("state"), query.Int("limit", 100, 1, 1000), skip);
        return query.Refusal is { } refusal ? refusal : filter;
    }

    private static int Preferred(IEnumerable<string?> headers)
    {
        foreach (var preference in headers.SelectMany(h => (h ?? "").Split([',', ';'], StringSplitOptions.TrimEntries)))
        {
            if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase) && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return Math.Min(seconds, MaxWaitSeconds);
        }

        return 0;
    }
}
