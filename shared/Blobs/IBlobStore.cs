namespace Platform.Blobs;

/// <summary>
/// Large or binary content by key. Keys are built from ids only (<c>[a-z0-9-_./]</c>, ≤ 512 characters, no <c>..</c>). A write replaces the blob as a whole
/// and is visible only when complete.
/// </summary>
public interface IBlobStore
{
    Task<BlobProperties> WriteAsync(string key, Stream content, string contentType, CancellationToken ct);

    /// <summary>The content from the start, or null when there is no such blob. The caller disposes the stream.</summary>
    Task<Stream?> OpenReadAsync(string key, CancellationToken ct);

    Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken ct);

    /// <summary>Deletes the blob; no error when it is absent.</summary>
    Task DeleteAsync(string key, CancellationToken ct);

    IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken ct);
}

/// <summary>What is known of a stored blob. <paramref name="Sha256"/> is lower-case hex of the content.</summary>
public sealed record BlobProperties(string Key, long Length, string ContentType, string Sha256, DateTimeOffset CreatedAt);
