using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity.OAuth;

namespace Platform.Quotas;

/// <summary>What the absorbed user used is added to the other's use, so that a merge gives nobody a second quota; his limits go.</summary>
internal sealed class QuotaMove(PlatformDbContext db, DatabaseSettings settings) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(UsageDay)];

    public async Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var (from, into) = (account.From.UserId, account.Into.UserId);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO usage_days (organization_id, day, project_id, user_id, executions, cpu_milliseconds, memory_kb_seconds)
            SELECT organization_id, day, project_id, {settings.Key(into)}, executions, cpu_milliseconds, memory_kb_seconds FROM usage_days WHERE user_id = {settings.Key(from)}
            ON CONFLICT (organization_id, day, project_id, user_id) DO UPDATE SET executions = usage_days.executions + excluded.executions,
                cpu_milliseconds = usage_days.cpu_milliseconds + excluded.cpu_milliseconds, memory_kb_seconds = usage_days.memory_kb_seconds + excluded.memory_kb_seconds
            """,
            ct);
        await db.UsageDays.Where(row => row.UserId == from).ExecuteDeleteAsync(ct);
        await db.QuotaOverrides.Where(row => row.SubjectId == from).ExecuteDeleteAsync(ct);
    }
}
