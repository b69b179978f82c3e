using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Quotas;

/// <summary>
/// Adds up what is used by day. Part of the transaction that stores the use, so that each is counted once; whoever calls it holds the lock of the queue of
/// executions, so that the sums that follow hold too.
/// </summary>
public sealed class UsageMeter(PlatformDbContext db, DatabaseSettings settings, QuotaBook book, QuotaNotices notices, TimeProvider clock)
{
    private static readonly QuotaType[] Types = Enum.GetValues<QuotaType>();

    public async Task AddAsync(UsageOwner owner, UsageAmount amount, CancellationToken ct)
    {
        if (amount == UsageAmount.None)
            return;
        var today = clock.Today();
        await StoreAsync(owner, today, amount, ct);
        foreach (var subject in await book.ReadLimitedAsync(owner, ct))
            await WarnAsync(subject, owner, today, amount, ct);
    }

    private Task<int> StoreAsync(UsageOwner owner, DateOnly day, UsageAmount amount, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO usage_days (organization_id, day, project_id, user_id, executions, cpu_milliseconds, memory_kb_seconds)
        VALUES ({settings.Key(owner.OrganizationId)}, {day}, {settings.Key(owner.ProjectId)}, {settings.Key(owner.UserId)}, {amount.Executions}, {amount.CpuMilliseconds}, {amount.MemoryKbSeconds})
        ON CONFLICT (organization_id, day, project_id, user_id) DO UPDATE SET executions = usage_days.executions + excluded.executions,
            cpu_milliseconds = usage_days.cpu_milliseconds + excluded.cpu_milliseconds, memory_kb_seconds = usage_days.memory_kb_seconds + excluded.memory_kb_seconds
        """,
        ct);

    private async Task WarnAsync(SubjectLimits subject, UsageOwner owner, DateOnly day, UsageAmount amount, CancellationToken ct)
    {
        var grown = Array.FindAll(Types, type => subject.Limits.Hard(type) is not null && amount.Of(type) > 0);
        if (grown.Length == 0)
            return;
        var used = await db.SumAsync(subject.Kind, subject.Id, day, ct);
        foreach (var type in grown)
        {
            if (used.Of(type) >= subject.Limits.Soft(type))
                await notices.WarnAsync(subject, type, used.Of(type), owner, day, ct);
        }
    }
}
