using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Azure.Core;

namespace Platform.Blobs;

/// <summary>
/// Blobs in an Azure Storage container (or Azurite). Content up to one block is one request; larger content is uploaded as a block list,
/// which becomes the blob only with its last request. Hash and time of creation are blob metadata.
/// </summary>
internal sealed class AzureBlobStore(
    AzureBlobContainer container, TimeProvider clock, int blockSize = AzureBlobStore.DefaultBlockSize, int pageSize = AzureBlobStore.DefaultPageSize) : IBlobStore
{
    /// <summary>8 MiB: with the service's limit of 50,000 blocks a blob may have 390 GiB.</summary>
    private const int DefaultBlockSize = 8 * 1024 * 1024;
    private const int DefaultPageSize = 5000;

    public async Task<BlobProperties> WriteAsync(string key, Stream content, string contentType, CancellationToken ct)
    {
        BlobKey.Check(key);
        var buffer = ArrayPool<byte>.Shared.Rent(blockSize);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var read = await FillAsync(content, buffer, hash, ct);
            if (read < blockSize)
            {
                var whole = Describe(key, read, contentType, hash);
                await PutAsync("write", key, [], [("x-ms-blob-type", "BlockBlob"), ("Content-Type", contentType), .. Metadata(whole)], buffer.AsMemory(0, read), ct);
                return whole;
            }

            return await WriteBlocksAsync(key, content, contentType, buffer, hash, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<Stream?> OpenReadAsync(string key, CancellationToken ct)
    {
        var response = await container.SendAsync(new BlobRequest("read", RequestMethod.Get, BlobKey.Check(key)) { StreamsResponse = true }, ct);
        return response?.ContentStream ?? (response is null ? null : Stream.Null);
    }

    public async Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken ct)
    {
        using var response = await container.SendAsync(new BlobRequest("properties", RequestMethod.Head, BlobKey.Check(key)), ct);
        if (response is null)
            return null;
        var headers = response.Headers;
        return new BlobProperties(
            key,
            headers.ContentLengthLong ?? 0,
            headers.ContentType ?? "application/octet-stream",
            headers.TryGetValue("x-ms-meta-sha256", out var sha256) ? sha256 : "",
            CreatedAt(headers.TryGetValue("x-ms-meta-created", out var created) ? created : null));
    }

    public async Task DeleteAsync(string key, CancellationToken ct)
    {
        using var response = await container.SendAsync(new BlobRequest("delete", RequestMethod.Delete, BlobKey.Check(key)), ct);
    }

    public async IAsyncEnumerable<BlobProperties> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        BlobKey.CheckPrefix(prefix);
        string? marker = null;
        do
        {
            var page = await ListPageAsync(prefix, marker, ct);
            foreach (var blob in page?.Descendants("Blob") ?? [])
                yield return FromListing(blob);
            marker = page?.Element("NextMarker")?.Value;
        }
        while (!string.IsNullOrEmpty(marker));
    }

    private async Task<XElement?> ListPageAsync(string prefix, string? marker, CancellationToken ct)
    {
        List<(string, string)> query = [("restype", "container"), ("comp", "list"), ("include", "metadata"), ("maxresults", pageSize.ToString(CultureInfo.InvariantCulture))];
        if (prefix.Length > 0)
            query.Add(("prefix", prefix));
        if (marker is not null)
            query.Add(("marker", marker));
        using var response = await container.SendAsync(new BlobRequest("list", RequestMethod.Get, null) { Query = [.. query] }, ct);
        return response?.ContentStream is { } xml ? await XElement.LoadAsync(xml, LoadOptions.None, ct) : null;
    }

    private static BlobProperties FromListing(XElement blob)
    {
        var properties = blob.Element("Properties");
        var metadata = blob.Element("Metadata");
        return new BlobProperties(
            blob.Element("Name")!.Value,
            long.Parse(properties?.Element("Content-Length")?.Value ?? "0", CultureInfo.InvariantCulture),
            properties?.Element("Content-Type")?.Value ?? "application/octet-stream",
            metadata?.Element("sha256")?.Value ?? "",
            CreatedAt(metadata?.Element("created")?.Value));
    }

    private async Task<BlobProperties> WriteBlocksAsync(string key, Stream content, string contentType, byte[] buffer, IncrementalHash hash, CancellationToken ct)
    {
        // Uncommitted blocks belong to the blob's name: ids of this write alone keep two writers of one key apart.
        var writer = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var blocks = new List<string>();
        long length = 0;
        for (var read = blockSize; read > 0; read = read < blockSize ? 0 : await FillAsync(content, buffer, hash, ct))
        {
            var id = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{writer}-{blocks.Count:d6}"));
            await PutAsync("write block", key, [("comp", "block"), ("blockid", id)], [], buffer.AsMemory(0, read), ct);
            blocks.Add(id);
            length += read;
        }

        var properties = Describe(key, length, contentType, hash);
        try
        {
            await CommitAsync(blocks, properties, ct);
        }
        catch (BlobStoreException e) when (e.Code == "InvalidBlockList")
        {
            // A concurrent commit of the same key discards everybody's uncommitted blocks: this write then came just before that one.
            if (await GetPropertiesAsync(key, ct) is null)
                throw;
        }

        return properties;
    }

    /// <summary>Makes the uploaded blocks the blob. "Latest" finds them committed when the client repeats a commit whose answer was lost.</summary>
    private Task CommitAsync(List<string> blocks, BlobProperties properties, CancellationToken ct)
    {
        var list = new XElement("BlockList", blocks.Select(id => new XElement("Latest", id))).ToString(SaveOptions.DisableFormatting);
        (string, string)[] headers = [("x-ms-blob-content-type", properties.ContentType), .. Metadata(properties)];
        return PutAsync("commit", properties.Key, [("comp", "blocklist")], headers, Encoding.UTF8.GetBytes(list), ct);
    }

    private async Task PutAsync(
        string operation, string key, (string, string)[] query, (string, string)[] headers, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var request = new BlobRequest(operation, RequestMethod.Put, key) { Query = query, Headers = headers, Content = RequestContent.Create(body) };
        using var response = await container.SendAsync(request, ct);
    }

    private async Task<int> FillAsync(Stream content, byte[] buffer, IncrementalHash hash, CancellationToken ct)
    {
        var read = await content.ReadAtLeastAsync(buffer.AsMemory(0, blockSize), blockSize, throwOnEndOfStream: false, ct);
        hash.AppendData(buffer, 0, read);
        return read;
    }

    private BlobProperties Describe(string key, long length, string contentType, IncrementalHash hash) =>
        new(key, length, contentType, Convert.ToHexStringLower(hash.GetHashAndReset()), clock.GetUtcNow());

    private static (string, string)[] Metadata(BlobProperties properties) =>
        [("x-ms-meta-sha256", properties.Sha256), ("x-ms-meta-created", properties.CreatedAt.ToString("O", CultureInfo.InvariantCulture))];

    private static DateTimeOffset CreatedAt(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var created) ? created : default;
}
