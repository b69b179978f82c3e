using Platform.Events;

namespace Platform.Notifications;

/// <summary>Tells a user how his execution ended.</summary>
public sealed class NotifyOfExecution(NotificationFanOut notifications) : IEventHandler
{
    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored is not { UserId: { } userId, OrganizationId: { } organizationId, AggregateId: { } executionId })
            return;

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
}
