using System.Text.Json;
using Platform.Data;
using Platform.Events;

namespace Platform.Replay;

/// <summary>Writes events as JSON lines into the session's folder of the blob store, each exactly once.</summary>
public sealed class FileSink(PlatformDbContext db, ReplayFiles files, RepeatedEvents repeated) : IReplaySink
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

        await files.WritePartAsync(step.From, lines.ToArray(), ct);
        return await ReplayProgress.AdvanceAlwaysAsync(db, step, ct);
    }
}
