using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Quotas;

/// <summary>Which limits hold for whom: an operator's for the subject, else the platform's for its kind. All three subjects of an execution have to keep theirs.</summary>
public sealed class QuotaBook(PlatformDbContext db, OverrideWatch watch, IOptions<QuotaOptions> options)
{
    private static readonly SubjectKind[] Kinds = Enum.GetValues<SubjectKind>();

    /// <summary>The subjects that have a limit; mostly none, and then nothing is read.</summary>
    public async ValueTask<IReadOnlyList<SubjectLimits>> ReadLimitedAsync(UsageOwner owner, CancellationToken ct)
    {
        if (!await watch.AnyAsync(db, ct) && !Array.Exists(Kinds, kind => options.Value.Of(kind).Any))
            return [];
        return [.. (await ReadAsync(owner, ct)).Where(subject => subject.Limits.Any)];
    }

    /// <summary>The limits of all three, without any too.</summary>
    public async Task<IReadOnlyList<SubjectLimits>> ReadAsync(UsageOwner owner, CancellationToken ct)
    {
        var overrides = await db.FindOverridesAsync(owner, ct);
        return [.. Kinds.Select(kind => new SubjectLimits(kind, owner.Of(kind), Of(kind, overrides.Find(row => row.Subject == kind && row.SubjectId == owner.Of(kind)))))];
    }

    public QuotaLimits Of(SubjectKind kind, QuotaOverride? own) => QuotaLimits.Of(options.Value, kind, own);
}
