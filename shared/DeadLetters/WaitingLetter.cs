using System.Linq.Expressions;

namespace Platform.DeadLetters;

/// <summary>What has to be known of a dead letter to end its waiting, without its event.</summary>
internal sealed record WaitingLetter(
    Guid Id, Guid EventId, string EventType, string Topic, string Consumer, string ProducerId, int RetryCount, DeadLetterStatus Status, Guid? UserId, Guid? OrganizationId)
{
    public static readonly Expression<Func<DeadLetter, WaitingLetter>> Projection = m =>
        new WaitingLetter(m.Id, m.EventId, m.EventType, m.OriginalTopic, m.Consumer, m.ProducerId, m.RetryCount, m.Status, m.UserId, m.OrganizationId);

    private static readonly Func<DeadLetter, WaitingLetter> Read = Projection.Compile();

    public static WaitingLetter Of(DeadLetter letter) => Read(letter);
}
