using System.Net;

namespace Platform.Outbound;

/// <summary>The limits of one outbound call.</summary>
public sealed record OutboundCall
{
    public static readonly OutboundCall Default = new();

    public OutboundPolicy Policy { get; init; } = OutboundPolicy.Default;

    /// <summary>From the first look-up to the last byte (<see cref="OutboundHttp.OpenAsync"/>: to the headers), over all redirects.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest body in bytes, counted after decompression.</summary>
    public long MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>A larger body is cut off instead of failing the call.</summary>
    public bool Truncate { get; init; }

    /// <summary>How many redirects are followed, each checked like a first request. 0 = the redirect itself is the answer.</summary>
    public int MaxRedirects { get; init; }
}

/// <summary>An answer that was read as a whole. <paramref name="Headers"/> holds those of the answer and of its content; repeated ones are joined by a comma.</summary>
public sealed record OutboundResponse(
    HttpStatusCode Status, string? Reason, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, bool IsTruncated, Uri Address, int Redirects)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}
