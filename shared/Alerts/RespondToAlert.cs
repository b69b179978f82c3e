using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Alerts;

/// <summary>What people do about an alert: see to it, or silence it for a time.</summary>
public sealed class RespondToAlert(PlatformDbContext db, AlertJournal journal, AuditTrail audit, TimeProvider clock)
{
    private static readonly TimeSpan LongestMute = TimeSpan.FromDays(366);

    /// <summary>Closes the open incident and makes the alert calm; says whether anything changed.</summary>
    public async Task<Result<bool>> ResolveAsync(AlertRule alert, string? note, CancellationToken ct)
    {
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        audit.Target("alert", alert.Id, alert.Name);
        if (alert.State == AlertRuleState.Ok)
            return false;
        return await SaveAsync(alert, alert.Close(now), new AlertClosing(db.Caller.UserId, Note: note), now, ct) is { } refusal ? refusal : true;
    }

    public async Task<Result<AlertRule>> MuteAsync(AlertRule alert, MuteWish wish, CancellationToken ct)
    {
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        var until = wish.Minutes is { } minutes ? now.AddMinutes(minutes) : wish.Until;
        if (until <= now || until > now + LongestMute)
            return AlertErrors.BadMute;
        audit.Target("alert", alert.Id, alert.Name);
        audit.Change("mutedUntil", alert.MutedUntil, until);
        var step = default(AlertStep);
        if (until is { } end)
            alert.Mute(end, db.Caller.UserId, wish.Reason);
        else
            step = alert.Unmute(now);
        return await SaveAsync(alert, step, AlertClosing.Evaluated, now, ct) is { } refusal ? refusal : alert;
    }

    private async Task<Error?> SaveAsync(AlertRule alert, AlertStep step, AlertClosing closing, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await db.InTransactionAsync(
                async () =>
                {
                    await journal.WriteAsync(alert, step, closing, now, ct);
                    alert.UpdatedAt = now;
                    return await db.SaveChangesAsync(ct);
                },
                ct);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return AlertErrors.Stale;
        }
    }
}
