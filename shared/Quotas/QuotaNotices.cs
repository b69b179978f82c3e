using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Quotas;

/// <summary>Tells that subjects have come to a limit, once per subject, quota, day and level. Part of the caller's transaction, which ends with its save.</summary>
public sealed class QuotaNotices(PlatformDbContext db, DatabaseSettings settings)
{
    /// <summary>The soft limit is reached.</summary>
    public async Task WarnAsync(SubjectLimits subject, QuotaType type, double used, UsageOwner owner, DateOnly day, CancellationToken ct)
    {
        if (!await TakeAsync(subject.Id, day, type, QuotaLevel.Soft, ct))
            return;
        Raise(
            new QuotaSoftLimitReached(type, subject.Limits.Hard(type)!.Value, subject.Limits.Soft(type)!.Value, used, subject.Kind, subject.Id, day), subject.Kind, owner);
    }

    /// <summary>A use was refused; false when that has been told before.</summary>
    public async Task<bool> ReportAsync(SubjectLimits subject, QuotaType type, double used, UsageOwner owner, DateOnly day, CancellationToken ct)
    {
        if (!await TakeAsync(subject.Id, day, type, QuotaLevel.Hard, ct))
            return false;
        Raise(
            new QuotaExceeded(EnumWords<QuotaType>.ToWord(type), subject.Limits.Hard(type)!.Value, used, owner.UserId, subject.Kind, subject.Id), subject.Kind, owner);
        return true;
    }

    // What a whole organization uses is no member's event.
    private void Raise(QuotaEvent fact, SubjectKind kind, UsageOwner owner)
    {
        using var acting = db.ActAs(Caller.Platform);
        db.Raise(fact with
        {
            OwnerId = kind == SubjectKind.User ? owner.UserId : null,
            OrganizationId = owner.OrganizationId,
            ProjectId = kind == SubjectKind.Organization ? null : owner.ProjectId,
        });
    }

    private async Task<bool> TakeAsync(Guid subject, DateOnly day, QuotaType type, QuotaLevel level, CancellationToken ct) => await db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO quota_notices (subject_id, day, quota, level) VALUES ({settings.Key(subject)}, {day}, {EnumWords<QuotaType>.ToWord(type)}, {EnumWords<QuotaLevel>.ToWord(level)})
        ON CONFLICT DO NOTHING
        """,
        ct) == 1;
}
