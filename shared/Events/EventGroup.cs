using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// Group commit on SQLite for units of work that have nothing but events to store: whoever gets the turn to write stores what all who wait have raised, and one commit, which is as slow as the
/// disk, does for them all. Each of them goes on when that commit is on the disk. A unit whose events cannot be stored fails alone.
/// </summary>
internal sealed class EventGroup(WriteGate writes, EventAppender appender, AfterCommit afterCommit)
{
    private const int MostUnits = 256;
    private readonly ConcurrentQueue<Unit> _waiting = [];

    /// <summary>Stores the events of one unit of work; <paramref name="db"/> is in no transaction.</summary>
    public async Task CommitAsync(PlatformDbContext db, IReadOnlyList<PlatformEvent> events)
    {
        var unit = new Unit(events);
        _waiting.Enqueue(unit);
        using (await writes.EnterAsync(CancellationToken.None)) // from here on another unit may store them
        {
            while (!unit.Done)
                await CommitWaitingAsync(db);
        }

        if (unit.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    private async Task CommitWaitingAsync(PlatformDbContext db)
    {
        List<Unit> group = [];
        while (group.Count < MostUnits && _waiting.TryDequeue(out var unit))
            group.Add(unit);

        var failure = await TryCommitAsync(db, group);
        foreach (var unit in group)
        {
            unit.Failure = failure is not null && group.Count > 1 ? await TryCommitAsync(db, [unit]) : failure;
            unit.Done = true;
        }
    }

    private async Task<Exception?> TryCommitAsync(PlatformDbContext db, List<Unit> group)
    {
        List<PlatformEvent> events = [.. group.SelectMany(unit => unit.Events)];
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            await appender.AppendAsync(db, events, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            return e;
        }

        afterCommit.Tell(events, workflows: false);
        return null;
    }

    /// <summary>Changed by who has the turn to write, and read by its owner in his own turn.</summary>
    private sealed class Unit(IReadOnlyList<PlatformEvent> events)
    {
        public IReadOnlyList<PlatformEvent> Events => events;

        public bool Done { get; set; }

        public Exception? Failure { get; set; }
    }
}
