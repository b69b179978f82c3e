using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Executions;

/// <summary>Query of <c>POST /execute</c>.</summary>
public sealed record StartQuery
{
    public const int MaxWaitSeconds = 200;

    /// <summary>Seconds to wait for the result; the answer is the result when the run ends in time. The header <c>Prefer: wait=N</c> asks for the same.</summary>
    [Range(0, MaxWaitSeconds)]
    public int? Wait { get; init; }
}

/// <summary>Reads what the area's operations take from headers.</summary>
internal static class ExecutionRequests
{
    /// <summary>How long the caller wants to wait for the result: as the query says, else the preference of RFC 7240, which is cut to what is possible.</summary>
    public static TimeSpan WaitFor(this HttpRequest http, StartQuery query) => TimeSpan.FromSeconds(query.Wait ?? Preferred(http.Headers["Prefer"]));

    private static int Preferred(IEnumerable<string?> headers)
    {
        foreach (var preference in headers.SelectMany(h => (h ?? "").Split([',', ';'], StringSplitOptions.TrimEntries)))
        {
            if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase) && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return Math.Min(seconds, StartQuery.MaxWaitSeconds);
        }

        return 0;
    }
}
