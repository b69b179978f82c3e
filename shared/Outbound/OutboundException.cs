namespace Platform.Outbound;

/// <summary>What kept a request from being answered.</summary>
public enum OutboundFailure
{
    /// <summary>The guard refused the URL, the address or a redirect.</summary>
    Refused,
    Unresolvable,

    /// <summary>No connection, TLS failure, broken answer.</summary>
    Network,
    Timeout,

    /// <summary>The answer is larger than its limit, after decompression.</summary>
    TooLarge,
    TooManyRedirects,
}

/// <summary>An outbound request without an answer. The message is made of fixed words and may be shown to users.</summary>
public sealed class OutboundException(OutboundFailure failure, string message, Exception? cause = null) : IOException(message, cause)
{
    public OutboundFailure Failure { get; } = failure;
}
