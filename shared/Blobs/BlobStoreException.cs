namespace Platform.Blobs;

/// <summary>The blob store could not do what was asked, after the retries of its client. The text holds no address and no credential.</summary>
public sealed class BlobStoreException(string operation, int status, string? code, Exception? cause = null)
    : IOException($"Blob store: {operation} failed with status {status} ({code ?? "no code"})", cause)
{
    /// <summary>HTTP status of the store's answer; 0 when none came.</summary>
    public int Status { get; } = status;

    /// <summary>The store's error code, e.g. <c>ContainerNotFound</c>.</summary>
    public string? Code { get; } = code;
}
