using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Organizations;

namespace Platform.Alerts;

/// <summary>Creates alerts.</summary>
public sealed class CreateAlert(PlatformDbContext db, EvaluateCondition evaluate, AuditTrail audit, IdempotentRequest idempotency, IOptions<AlertOptions> options, TimeProvider clock)
{
    /// <param name="condition">The parsed expression.</param>
    /// <param name="answer">What the caller will be told, from the alert and the names of metrics that nobody has recorded yet.</param>
    public async Task<Result<T>> CreateAsync<T>(Guid projectId, AlertDraft draft, Condition condition, Func<AlertRule, IReadOnlyList<string>, T> answer, CancellationToken ct)
        where T : notnull
    {
        var unknown = await evaluate.FindUnknownAsync(projectId, condition, ct);
        try
        {
            return await db.InTransactionAsync(() => StoreAsync(New(projectId, draft), alert => answer(alert, unknown), ct), ct);
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation())
        {
            return AlertErrors.NameTaken;
        }
    }

    private async Task<Result<T>> StoreAsync<T>(AlertRule alert, Func<AlertRule, T> answer, CancellationToken ct)
        where T : notnull
    {
        if (!await db.LockProjectAsync(alert.ProjectId, ct))
            return AlertErrors.ProjectNotFound;
        var most = options.Value.MaxPerProject;
        if (await db.AlertRules.CountAsync(other => other.ProjectId == alert.ProjectId, ct) >= most)
            return AlertErrors.TooMany(most);
        db.Add(alert);
        audit.Target("alert", alert.Id, alert.Name);
        var told = answer(alert);
        idempotency.Complete(told);
        await db.SaveChangesAsync(ct);
        return told;
    }

    private AlertRule New(Guid projectId, AlertDraft draft)
    {
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        var alert = new AlertRule
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = db.Caller.OrganizationId!.Value,
            ProjectId = projectId,
            Name = draft.Name,
            NameKey = AlertRule.Key(draft.Name),
            Expression = draft.Expression,
            NotifyOn = draft.NotifyOn,
            Labels = draft.Labels,
            CreatedBy = db.Caller.UserId,
            CreatedAt = now,
            StateSince = now,
            NextEvaluationAt = now,
            Version = 1,
        };
        alert.Set(draft, now);
        return alert;
    }
}
