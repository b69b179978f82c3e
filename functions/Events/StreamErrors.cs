namespace Platform.Functions.Events;

internal static class StreamErrors
{
    public static Error TooMany { get; } =
        new(ErrorKind.RateLimited, "stream.too_many", "Too many concurrent streams") { RetryAfter = TimeSpan.FromSeconds(5) };
}
