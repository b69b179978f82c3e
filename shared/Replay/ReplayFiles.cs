using System.IO.Pipelines;
using Platform.Blobs;

namespace Platform.Replay;

/// <summary>
/// The files of sessions. A blob is written as a whole, so each batch leaves a part, named by where it begins: an attempt that is repeated replaces its part. At the
/// end the parts become the session's file.
/// </summary>
public sealed class ReplayFiles(IBlobStore blobs)
{
    public const string DefaultName = "events.jsonl";
    private const string ContentType = "application/x-ndjson";

    public async Task WritePartAsync(ReplaySession session, byte[] lines, CancellationToken ct)
    {
        using var content = new MemoryStream(lines, writable: false);
        await blobs.WriteAsync(PartKey(session.Id, session.LastSequence), content, ContentType, ct);
    }

    /// <summary>Makes the file of the parts that count, once.</summary>
    public async Task JoinAsync(ReplaySession session, CancellationToken ct)
    {
        var file = FileKey(session);
        if (await blobs.GetPropertiesAsync(file, ct) is null)
            await JoinAsync(file, await PartsAsync(session, ct), ct);
        await DeleteAsync(PartsOf(session.Id), ct);
    }

    public async Task DeleteAsync(Guid sessionId, CancellationToken ct)
    {
        await DeleteAsync(PartsOf(sessionId), ct);
        await DeleteAsync(FolderOf(sessionId), ct);
    }

    /// <summary>Blob keys have no capitals.</summary>
    public static string FileKey(ReplaySession session) => FolderOf(session.Id) + (session.Config.TargetFilePath ?? DefaultName).ToLowerInvariant();

    private async Task JoinAsync(string file, IReadOnlyList<string> parts, CancellationToken ct)
    {
        var pipe = new Pipe();
        var reading = CopyAsync(parts, pipe.Writer, ct);
        await using (var content = pipe.Reader.AsStream())
            await blobs.WriteAsync(file, content, ContentType, ct);
        await reading;
    }

    // A fault reaches the reader, so that nothing is written.
    private async Task CopyAsync(IReadOnlyList<string> parts, PipeWriter writer, CancellationToken ct)
    {
        try
        {
            foreach (var part in parts)
            {
                await using var content = await blobs.OpenReadAsync(part, ct) ?? throw new InvalidDataException("A part of a replay is missing");
                await content.CopyToAsync(writer, ct);
            }

            await writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await writer.CompleteAsync(e);
        }
    }

    // A part that begins where the session stands, or behind, was written by an attempt that did not count.
    private async Task<List<string>> PartsAsync(ReplaySession session, CancellationToken ct)
    {
        var end = PartKey(session.Id, session.LastSequence);
        List<string> parts = [];
        await foreach (var part in blobs.ListAsync(PartsOf(session.Id), ct))
        {
            if (string.CompareOrdinal(part.Key, end) < 0)
                parts.Add(part.Key);
        }

        parts.Sort(StringComparer.Ordinal);
        return parts;
    }

    private async Task DeleteAsync(string prefix, CancellationToken ct)
    {
        List<string> keys = [];
        await foreach (var blob in blobs.ListAsync(prefix, ct))
            keys.Add(blob.Key);
        foreach (var key in keys)
            await blobs.DeleteAsync(key, ct);
    }

    private static string FolderOf(Guid sessionId) => $"replays/{sessionId:D}/";

    private static string PartsOf(Guid sessionId) => $"replay_parts/{sessionId:D}/";

    private static string PartKey(Guid sessionId, long begin) => $"{PartsOf(sessionId)}{begin:D19}";
}
