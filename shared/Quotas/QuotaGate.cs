using Platform.Data;

namespace Platform.Quotas;

/// <summary>
/// Refuses executions of subjects whose quota of the day is used up. Executions are counted exactly; processor time and memory as far as runs have ended, so
/// those under way may still pass a limit.
/// </summary>
public sealed class QuotaGate(PlatformDbContext db, QuotaBook book, QuotaNotices notices, TimeProvider clock)
{
    private static readonly QuotaType[] Types = Enum.GetValues<QuotaType>();

    /// <summary>
    /// The refusal of one more execution, or null. Part of the transaction that stores it. <paramref name="lockAsync"/> keeps everybody else from counting until
    /// that ends; it is called only where there are limits.
    /// </summary>
    public async Task<Error?> RefusalAsync(UsageOwner owner, Func<Task> lockAsync, CancellationToken ct)
    {
        var limited = await book.ReadLimitedAsync(owner, ct);
        if (limited.Count == 0)
            return null;
        await lockAsync();
        var today = clock.Today();
        foreach (var subject in limited)
        {
            var used = await db.SumAsync(subject.Kind, subject.Id, today, ct);
            foreach (var type in Types)
            {
                if (used.Of(type) >= subject.Limits.Hard(type))
                    return await RefuseAsync(subject, type, used.Of(type), owner, today, ct);
            }
        }

        return null;
    }

    private async Task<Error> RefuseAsync(SubjectLimits subject, QuotaType type, double used, UsageOwner owner, DateOnly today, CancellationToken ct)
    {
        if (await notices.ReportAsync(subject, type, used, owner, today, ct))
            await db.SaveChangesAsync(ct);
        return QuotaErrors.Exceeded(subject, type, used, today.End() - clock.GetUtcNow());
    }
}
