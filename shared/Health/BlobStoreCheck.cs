using Platform.Blobs;

namespace Platform.Health;

/// <summary>A small blob can be written, read and deleted.</summary>
internal sealed class BlobStoreCheck(IBlobStore blobs, TimeProvider clock) : IComponentCheck
{
    private static readonly byte[] Content = "probe"u8.ToArray();

    public string Name => "blob_store";

    public bool IsCritical => true;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        var key = $"health/{Guid.CreateVersion7(clock.GetUtcNow()):D}";
        await blobs.WriteAsync(key, new MemoryStream(Content), "text/plain", ct);
        await using (var stream = await blobs.OpenReadAsync(key, ct))
        {
            var read = new byte[Content.Length + 1];
            if (stream is null || await stream.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, ct) != Content.Length)
                return ComponentFinding.Unhealthy("probe lost");
        }

        await blobs.DeleteAsync(key, ct);
        return ComponentFinding.Healthy;
    }
}
