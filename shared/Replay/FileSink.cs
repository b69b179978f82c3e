using System.Text.Json;
using Platform.Data;
using Platform.Events;

namespace Platform.Replay;

/// <summary>Writes events as JSON lines into the session's folder of the blob store, each exactly once.</summary>
public sealed class FileSink(PlatformDbContext db, ReplayFiles files, RepeatedEvents repeated, TimeProvider clock) : IReplaySink
{
    public ReplayTarget Target => ReplayTarget.File;

    public bool IsPaced => false;

    public async Task<Result<bool>> SendAsync(IReadOnlyList<PlatformEvent> events, ReplayAdvance step, CancellationToken ct)
    {
        var source = ReplaySource.Of(step.From);
        using var lines = new MemoryStream();
        foreach (var e in events)
        {
            JsonSerializer.Serialize(lines, repeated.Of(e, source), RepeatedEvents.Json);
            lines.WriteByte((byte)'\n');
        }

        var part = new ReplayFilePart { SessionId = step.From.Id, Begin = step.From.LastSequence, Attempt = Guid.CreateVersion7(clock.GetUtcNow()) };
        lines.Position = 0;
        await files.WritePartAsync(part, lines, ct);
        return await db.InTransactionAsync(() => KeepAsync(part, step, ct), ct);
    }

    private async Task<bool> KeepAsync(ReplayFilePart part, ReplayAdvance step, CancellationToken ct)
    {
        if (!await ReplayProgress.AdvanceAsync(db, step, ct))
            return false;
        db.Add(part);
        await db.SaveChangesAsync(ct);
        return true;
    }
}
