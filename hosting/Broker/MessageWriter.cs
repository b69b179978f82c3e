using System.Data.Common;
using EmbeddedFunctions.Broker.Entities;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>Stores messages that are sent. What is sent while one commit runs goes into the next together, so that many senders share the wait for the disk.</summary>
internal sealed class MessageWriter(HostDatabase database, HostJsonOptions options, TimeProvider clock)
{
    private const int MaxMessages = 1_000;

    private readonly int _maxFlushes = database.IsPostgres ? 2 : 1;
    private readonly Lock _gate = new();
    private readonly Queue<Pending> _waiting = new();
    private int _flushes;
    private TopicRoutes? _routes;

    private BrokerEntities Entities => options.Broker.Entities;

    /// <summary>Stores all messages or none. A name with subscriptions is a topic, any other a queue.</summary>
    public Task SendAsync(string name, IReadOnlyList<OutgoingMessage> messages, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var pending = new Pending(QueueAddress.Queue(name), [.. messages.Select(m => MessageDraft.Of(m, now))]);
        lock (_gate)
        {
            _waiting.Enqueue(pending);
            if (_flushes < _maxFlushes)
            {
                _flushes++;
                _ = Task.Run(FlushAsync, CancellationToken.None);
            }
        }

        return pending.Stored.Task.WaitAsync(ct);
    }

    private async Task FlushAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                await StoreAsync(batch);
                batch.ForEach(p => p.Stored.TrySetResult());
            }
            catch (DbException e) when (batch.Count > 1 && (e.SqlState is not null || !database.IsPostgres))
            {
                // The database refused the statement, so nothing is stored; only the sender whose message it was is to fail.
                foreach (var one in batch)
                    await StoreAloneAsync(one);
            }
            catch (Exception e)
            {
                batch.ForEach(p => p.Stored.TrySetException(e));
            }
        }
    }

    private List<Pending> Take()
    {
        lock (_gate)
        {
            var (batch, messages) = (new List<Pending>(), 0);
            while (messages < MaxMessages && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
                messages += next.Drafts.Count;
            }

            if (batch.Count == 0)
                _flushes--;
            return batch;
        }
    }

    private async Task StoreAloneAsync(Pending one)
    {
        try
        {
            await StoreAsync([one]);
            one.Stored.TrySetResult();
        }
        catch (Exception e)
        {
            one.Stored.TrySetException(e);
        }
    }

    private async Task StoreAsync(List<Pending> batch)
    {
        while (true)
        {
            var routes = _routes ??= await TopicRoutes.ReadAsync(database, CancellationToken.None);
            var deduplicated = batch.Exists(p => Entities.Of(p.Name).RequiresDuplicateDetection);
            try
            {
                // On PostgreSQL a single statement is a transaction by itself.
                if (database.IsPostgres && !deduplicated)
                    await database.RunAsync(session => WriteAsync(session, routes, batch), CancellationToken.None);
                else
                    await database.WriteAsync(session => WriteAsync(session, routes, batch), CancellationToken.None);
                return;
            }
            catch (StaleRoutesException)
            {
                _routes = null;
            }
        }
    }

    private async Task<bool> WriteAsync(HostSession session, TopicRoutes routes, List<Pending> batch)
    {
        var copies = new List<MessageCopy>();
        foreach (var pending in batch)
        {
            var properties = Entities.Of(pending.Name);
            var drafts = properties.RequiresDuplicateDetection
                ? await MessageIds.TakeNewAsync(session, pending.Name, pending.Drafts, clock.GetUtcNow(), properties.DuplicateDetectionHistoryTimeWindow)
                : pending.Drafts;
            foreach (var draft in drafts)
                routes.Deliver(pending.Name, draft, properties.DefaultMessageTimeToLive, copies);
        }

        return await MessageInsert.RunAsync(session, copies, routes.Version) ? true : throw new StaleRoutesException(); // undoes the transaction
    }

    private sealed class StaleRoutesException : Exception;

    private sealed record Pending(string Name, IReadOnlyList<MessageDraft> Drafts)
    {
        public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
