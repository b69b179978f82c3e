using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Alerts;

/// <summary>Changes and deletes alerts. A change that collides with an evaluation is refused: the caller tries again.</summary>
public sealed class ChangeAlert(PlatformDbContext db, AlertJournal journal, AuditTrail audit, TimeProvider clock)
{
    /// <summary>
    /// Gives the alert the values of <paramref name="draft"/>. Another expression or another answer to missing data, and switching off, close the open incident and start
    /// afresh.
    /// </summary>
    public async Task<Result<AlertRule>> UpdateAsync(AlertRule alert, AlertDraft draft, CancellationToken ct)
    {
        var (now, before) = (UtcMillisecondsConverter.Truncate(clock.GetUtcNow()), AlertDraft.Of(alert));
        var isOther = draft.Expression != before.Expression || draft.NoDataState != before.NoDataState || (before.Enabled && !draft.Enabled);
        Note(before, draft);
        audit.Target("alert", alert.Id, alert.Name);
        try
        {
            return await db.InTransactionAsync(
                async () =>
                {
                    if (isOther)
                        await journal.WriteAsync(alert, alert.Restart(now), AlertClosing.Changed, now, ct);
                    else if ((draft.Enabled && !before.Enabled) || draft.EvaluationIntervalSeconds < before.EvaluationIntervalSeconds)
                        alert.NextEvaluationAt = now;
                    alert.Set(draft, now);
                    alert.Version++;
                    await db.SaveChangesAsync(ct);
                    return (Result<AlertRule>)alert;
                },
                ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return AlertErrors.Stale;
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation())
        {
            return AlertErrors.NameTaken;
        }
    }

    public async Task<Result<Nothing>> DeleteAsync(AlertRule alert, CancellationToken ct)
    {
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        audit.Target("alert", alert.Id, alert.Name);
        try
        {
            await db.InTransactionAsync(
                async () =>
                {
                    await journal.WriteAsync(alert, alert.Restart(now), AlertClosing.Deleted, now, ct);
                    db.Remove(alert);
                    return await db.SaveChangesAsync(ct);
                },
                ct);
            return default(Nothing);
        }
        catch (DbUpdateConcurrencyException)
        {
            return AlertErrors.Stale;
        }
    }

    private void Note(AlertDraft before, AlertDraft after)
    {
        Field("name", before.Name, after.Name);
        Field("severity", before.Severity, after.Severity);
        Field("expression", before.Expression, after.Expression);
        Field("forSeconds", before.ForSeconds, after.ForSeconds);
        Field("evaluationIntervalSeconds", before.EvaluationIntervalSeconds, after.EvaluationIntervalSeconds);
        Field("noDataState", before.NoDataState, after.NoDataState);
        Field("renotifyMinutes", before.RenotifyMinutes, after.RenotifyMinutes);
        Field("runbookUrl", before.RunbookUrl, after.RunbookUrl);
        Field("enabled", before.Enabled, after.Enabled);

        void Field<T>(string name, T from, T to)
        {
            if (!EqualityComparer<T>.Default.Equals(from, to))
                audit.Change(name, from, to);
        }
    }
}
