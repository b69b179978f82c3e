using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

/// <summary>The correlation id: <c>X-Correlation-ID</c>, else <c>X-Request-ID</c>, else generated as <c>req_{uuid}_{unixSeconds}</c>.</summary>
internal static class Correlation
{
    private const int MaxLength = 128;

    public static string Of(HttpRequest request, TimeProvider clock)
    {
        if (Accepted(request.Headers["X-Correlation-ID"].ToString()) is { } correlation)
            return correlation;
        if (Accepted(request.Headers["X-Request-ID"].ToString()) is { } id)
            return id;
        var now = clock.GetUtcNow();
        return $"req_{Guid.CreateVersion7(now)}_{now.ToUnixTimeSeconds()}";
    }

    private static string? Accepted(string text) =>
        text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? text : null;
}
