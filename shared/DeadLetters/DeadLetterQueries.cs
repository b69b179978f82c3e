using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.DeadLetters;

/// <summary>Reads dead letters as the caller may see them: those of his own events, for operators all. What went wrong inside is for operators.</summary>
public sealed class DeadLetterQueries(PlatformDbContext db, OperatorAccess operators, Caller caller, TimeProvider clock)
{
    private const int Largest = 10;

    /// <summary>Of several consumers that failed on the event, the one that failed last.</summary>
    public async Task<Result<DeadLetterRecord>> GetAsync(Guid eventId, CancellationToken ct)
    {
        if (await db.DeadLetters.AsNoTracking().Where(m => m.EventId == eventId).OrderByDescending(m => m.FailedAt).ThenByDescending(m => m.Id).FirstOrDefaultAsync(ct) is not { } letter)
            return DeadLetterErrors.NotFound;
        await operators.NoteAsync("dlq_message", eventId, () => Task.FromResult(letter.UserId), ct);
        var record = DeadLetterRecord.From(letter, clock.GetUtcNow());
        return caller.IsOperator ? record : record with { Error = DeadLetter.ErrorFor(letter.Consumer), LastError = null };
    }

    public async Task<Result<DeadLetterList>> ListAsync(DeadLetterFilter filter, CancellationToken ct)
    {
        var letters = db.DeadLetters.AsNoTracking();
        if (filter.Status is { } status)
            letters = letters.Where(m => m.Status == status);
        if (filter.Topic is { } topic)
            letters = letters.Where(m => m.OriginalTopic == topic);
        if (filter.EventType is { } type)
            letters = letters.Where(m => m.EventType == type);

        var now = clock.GetUtcNow();
        var total = await letters.LongCountAsync(ct);
        var isOperator = caller.IsOperator;
        var page = await letters.OrderByDescending(m => m.FailedAt).ThenByDescending(m => m.Id).Skip(filter.Offset).Take(filter.Limit)
            .Select(m => new DeadLetterView(
                m.EventId, m.EventType, m.OriginalTopic, isOperator ? m.Error : DeadLetter.ErrorFor(m.Consumer), m.RetryCount, m.FailedAt, m.Status, Ages.Between(m.FailedAt, now),
                new DeadLetterDetails(m.ProducerId, m.DlqOffset, m.DlqPartition, isOperator ? m.LastError : null, m.NextRetryAt)))
            .ToListAsync(ct);
        return new DeadLetterList(page, total, filter.Offset, filter.Limit);
    }

    public async Task<Result<DeadLetterStatistics>> CountAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var topics = await TopicsAsync(ct);
        var statuses = topics.SelectMany(topic => topic.StatusBreakdown).GroupBy(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum());
        var types = await db.DeadLetters.GroupBy(m => m.EventType).Select(group => new { group.Key, Count = group.Count() })
            .OrderByDescending(group => group.Count).ThenBy(group => group.Key).Take(Largest).ToListAsync(ct);
        return new DeadLetterStatistics(
            statuses,
            [.. topics.Take(Largest).Select(topic => new TopicCount(topic.Topic, topic.TotalMessages, topic.AvgRetryCount))],
            types.ConvertAll(type => new EventTypeCount(type.Key, type.Count)),
            await AgesAsync(now, ct),
            now);
    }

    /// <summary>The largest first.</summary>
    public async Task<Result<IReadOnlyList<TopicSummary>>> ListTopicsAsync(CancellationToken ct) => await TopicsAsync(ct);

    // The databases have no common average of instants; one number per message is read and forgotten.
    private async Task<AgeStatistics> AgesAsync(DateTimeOffset now, CancellationToken ct)
    {
        var ages = new Ages(now);
        await foreach (var failedAt in db.DeadLetters.Select(m => m.FailedAt).AsAsyncEnumerable().WithCancellation(ct))
            ages.Add(failedAt);
        return ages.Summarize();
    }

    private async Task<List<TopicSummary>> TopicsAsync(CancellationToken ct)
    {
        var parts = await db.DeadLetters.GroupBy(m => new { m.OriginalTopic, m.Status })
            .Select(group => new Part(
                group.Key.OriginalTopic, group.Key.Status, group.Count(), group.Sum(m => m.RetryCount), group.Max(m => m.RetryCount), group.Min(m => m.FailedAt), group.Max(m => m.FailedAt)))
            .ToListAsync(ct);
        return [.. parts.GroupBy(part => part.Topic, StringComparer.Ordinal).Select(Summarize).OrderByDescending(topic => topic.TotalMessages).ThenBy(topic => topic.Topic, StringComparer.Ordinal)];
    }

    private static TopicSummary Summarize(IGrouping<string, Part> topic)
    {
        var total = topic.Sum(part => part.Count);
        return new TopicSummary(
            topic.Key,
            total,
            topic.OrderBy(part => part.Status).ToDictionary(part => EnumWords<DeadLetterStatus>.ToWord(part.Status), part => part.Count),
            topic.Min(part => part.Oldest),
            topic.Max(part => part.Newest),
            Math.Round((double)topic.Sum(part => part.Retries) / total, 2),
            topic.Max(part => part.MostRetries));
    }

    private sealed record Part(string Topic, DeadLetterStatus Status, int Count, int Retries, int MostRetries, DateTimeOffset Oldest, DateTimeOffset Newest);
}
