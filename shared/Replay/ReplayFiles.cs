using System.IO.Pipelines;
using Microsoft.EntityFrameworkCore;
using Platform.Blobs;
using Platform.Data;

namespace Platform.Replay;

/// <summary>
/// The files of sessions. A blob is written as a whole, so each batch leaves a part, named by where it begins and by the attempt that wrote it. At the end the parts
/// that count (<see cref="ReplayFilePart"/>) become the session's file.
/// </summary>
public sealed class ReplayFiles(PlatformDbContext db, IBlobStore blobs)
{
    public const string DefaultName = "events.jsonl";
    private const string ContentType = "application/x-ndjson";

    public Task WritePartAsync(ReplayFilePart part, Stream lines, CancellationToken ct) => blobs.WriteAsync(KeyOf(part), lines, ContentType, ct);

    /// <summary>Makes the file of the parts that count, once.</summary>
    public async Task JoinAsync(ReplaySession session, CancellationToken ct)
    {
        var file = FileKey(session);
        if (await blobs.GetPropertiesAsync(file, ct) is null)
            await JoinAsync(file, await db.ReplayFileParts.AsNoTracking().Where(p => p.SessionId == session.Id).OrderBy(p => p.Begin).ToListAsync(ct), ct);
        await DeleteAsync(PartsOf(session.Id), ct);
    }

    public async Task DeleteAsync(Guid sessionId, CancellationToken ct)
    {
        await DeleteAsync(PartsOf(sessionId), ct);
        await DeleteAsync(FolderOf(sessionId), ct);
    }

    /// <summary>Blob keys have no capitals.</summary>
    public static string FileKey(ReplaySession session) => FolderOf(session.Id) + (session.Config.TargetFilePath ?? DefaultName).ToLowerInvariant();

    private async Task JoinAsync(string file, IReadOnlyList<ReplayFilePart> parts, CancellationToken ct)
    {
        var pipe = new Pipe();
        var reading = CopyAsync(parts, pipe.Writer, ct);
        await using (var content = pipe.Reader.AsStream())
            await blobs.WriteAsync(file, content, ContentType, ct);
        await reading;
    }

    // A fault reaches the reader, so that nothing is written.
    private async Task CopyAsync(IReadOnlyList<ReplayFilePart> parts, PipeWriter writer, CancellationToken ct)
    {
        try
        {
            foreach (var part in parts)
            {
                await using var content = await blobs.OpenReadAsync(KeyOf(part), ct) ?? throw new InvalidDataException("A part of a replay is missing");
                await content.CopyToAsync(writer, ct);
            }

            await writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await writer.CompleteAsync(e);
        }
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

    private static string KeyOf(ReplayFilePart part) => $"{PartsOf(part.SessionId)}{part.Begin:D19}-{part.Attempt:N}";
}
