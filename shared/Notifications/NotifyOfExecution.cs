using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Notifications;

/// <summary>Tells a user how his execution ended.</summary>
public sealed class NotifyOfExecution(PlatformDbContext db, NotificationFanOut notifications) : IEventHandler
{
    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored is not { UserId: { } userId, OrganizationId: { } organizationId, AggregateId: { } executionId })
            return;
        if (stored.ServiceName != ExecutionNotice.Producer && !await IsKnownAsync(executionId, ct))
            throw new InvalidOperationException($"Execution {executionId} is unknown");

        var notice = ExecutionNotice.Of(stored);
        var told = new Notice(userId, organizationId, notice.Type, notice.Severity, notice.Subject, notice.Body)
        {
            ActionUrl = $"/executions/{executionId}",
            Tags = ["execution", "entity:execution", $"exec:{executionId}", notice.Outcome],
            RelatedEntityId = executionId,
            RelatedEntityType = "execution",
        };
        await notifications.AddAsync(told, NoticeCause.Of(stored), ct);
    }

    // Anybody's: an operator may publish an event about an execution of somebody else.
    private async Task<bool> IsKnownAsync(string executionId, CancellationToken ct)
    {
        using (db.ActAs(Caller.Platform))
            return await db.Events.AnyAsync(e => e.AggregateId == executionId && e.EventType == ExecutionNotice.Request, ct);
    }
}
