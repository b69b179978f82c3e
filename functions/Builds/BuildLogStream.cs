using System.Text.Json;
using Platform.Builds;
using Platform.Functions.Events;
using Platform.Functions.Http;

namespace Platform.Functions.Builds;

/// <summary>Streams a build's log to one client until the build has ended and everything was sent. Lines are read from where they are stored, so that any node can serve them.</summary>
public sealed class BuildLogStream(StreamRegistry registry, StreamAccess access, LogReader logs, BuildLogSignal signal, TimeProvider clock)
{
    private const int Batch = 500;
    private static readonly JsonSerializerOptions Json = WireJson.Camel.Writing;
    private static readonly Error TooMany = new(ErrorKind.RateLimited, "stream.too_many", "Too many concurrent streams") { RetryAfter = TimeSpan.FromSeconds(5) };

    /// <summary>A refusal before anything was sent; null when the stream was served.</summary>
    public async Task<Error?> ServeAsync(ApiRequest request, Guid buildId, long after, CancellationToken ct)
    {
        using var place = registry.TryEnter(request.Caller);
        if (place is null)
            return TooMany;
        var session = new StreamSession(request, named: true, after, clock);
        await session.OpenAsync(ct);
        while (true)
        {
            var next = signal.Next(buildId);
            var (lines, isOver) = await logs.AfterAsync(buildId, session.Seen, Batch, ct);
            foreach (var line in lines)
            {
                await session.WriteAsync(line.Sequence, "log", JsonSerializer.SerializeToUtf8Bytes(line, Json), ct);
                session.Seen = line.Sequence;
            }

            if (await FarewellAsync(session, isOver && lines.Count < Batch, ct) is { } farewell)
            {
                signal.Forget(buildId);
                await session.WriteAsync(null, farewell, JsonSerializer.SerializeToUtf8Bytes(new { LastSequence = session.Seen }, Json), ct);
                return null;
            }

            if (lines.Count < Batch)
                await WaitAsync(session, next, ct);
        }
    }

    /// <summary>The word with which the stream ends now; null: it goes on.</summary>
    private async Task<string?> FarewellAsync(StreamSession session, bool isDone, CancellationToken ct)
    {
        if (isDone)
            return "end";
        if (registry.Stopping.IsCancellationRequested)
            return "shutdown";
        if (clock.GetElapsedTime(session.OpenedAt) >= TimeSpan.FromSeconds(registry.Options.MaxStreamSeconds))
            return "reconnect";
        if (clock.GetElapsedTime(session.CheckedAt) < StreamAccess.Interval)
            return null;
        session.CheckedAt = clock.GetTimestamp();
        return await access.IsOpenAsync(session.Request, ct) ? null : "reconnect";
    }

    private async Task WaitAsync(StreamSession session, Task next, CancellationToken ct)
    {
        await signal.WaitAsync(next, ct);
        if (clock.GetElapsedTime(session.WrittenAt) >= TimeSpan.FromSeconds(registry.Options.HeartbeatSeconds))
            await session.WriteAsync(null, "heartbeat", JsonSerializer.SerializeToUtf8Bytes(new { Timestamp = clock.GetUtcNow() }, Json), ct);
    }
}
