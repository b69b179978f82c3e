using System.IO.Compression;
using Platform.Blobs;

namespace Platform.Builds;

/// <summary>The bytes of artifacts.</summary>
public sealed class BuildArtifacts(IBlobStore blobs)
{
    private const string Bytes = "application/octet-stream";

    /// <summary>Null when they are gone.</summary>
    public Task<Stream?> OpenAsync(BuildArtifact artifact, CancellationToken ct) => blobs.OpenReadAsync(artifact.BlobKey, ct);

    /// <summary>An archive of them in a file that goes when the stream is closed; those whose bytes are gone are left out.</summary>
    public async Task<Stream> ZipAsync(IEnumerable<BuildArtifact> kept, CancellationToken ct)
    {
        var file = ScratchFile.Create();
        await using (var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct))
        {
            foreach (var artifact in kept)
            {
                await using var content = await OpenAsync(artifact, ct);
                if (content is null)
                    continue;
                await using var entry = await zip.CreateEntry(artifact.Path, CompressionLevel.Fastest).OpenAsync(ct);
                await content.CopyToAsync(entry, ct);
            }
        }

        file.Position = 0;
        return file;
    }

    /// <summary>The type under which a browser may be sent an artifact: nothing that it would run as a page of the platform.</summary>
    public static string SafeType(string type) => type.StartsWith("image/", StringComparison.Ordinal) && !type.Contains("svg", StringComparison.Ordinal)
        || type is "text/plain" or "text/csv" or "application/json" or "application/gzip" or "application/zip" or "application/pdf" ? type : Bytes;

    internal static string TypeOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".json" => "application/json",
        ".txt" or ".log" or ".md" => "text/plain",
        ".csv" => "text/csv",
        ".xml" => "application/xml",
        ".html" or ".htm" => "text/html",
        ".zip" or ".whl" or ".nupkg" or ".jar" => "application/zip",
        ".gz" or ".tgz" => "application/gzip",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".pdf" => "application/pdf",
        _ => Bytes,
    };

    internal Task<BlobProperties> StoreAsync(Guid buildId, Guid artifactId, Stream content, string type, CancellationToken ct) =>
        blobs.WriteAsync(BuildBlobs.Artifact(buildId, artifactId), content, type, ct);

    internal Task DeleteAsync(BuildArtifact artifact, CancellationToken ct) => blobs.DeleteAsync(artifact.BlobKey, ct);
}
