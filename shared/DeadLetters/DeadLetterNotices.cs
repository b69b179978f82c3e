using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.DeadLetters;

/// <summary>Raises the events about dead letters. They belong to the owner of the event that failed, whoever acts.</summary>
internal static class DeadLetterNotices
{
    public static void TellReceived(this PlatformDbContext db, DeadLetter letter) => db.Tell(
        WaitingLetter.Of(letter), new DeadLetterReceived(letter.EventId, letter.OriginalTopic, letter.EventType, DeadLetter.ErrorFor(letter.Consumer), letter.RetryCount, letter.ProducerId));

    /// <summary>With the retry that has just begun counted.</summary>
    public static void TellRetried(this PlatformDbContext db, WaitingLetter letter) => db.Tell(
        letter, new DeadLetterRetried(letter.EventId, letter.Topic, letter.EventType, letter.RetryCount + 1, letter.ProducerId));

    public static void TellDiscarded(this PlatformDbContext db, WaitingLetter letter, string reason) => db.Tell(
        letter, new DeadLetterDiscarded(letter.EventId, letter.Topic, letter.EventType, reason, letter.RetryCount, letter.ProducerId));

    private static void Tell(this PlatformDbContext db, WaitingLetter letter, DeadLetterEvent fact)
    {
        if (letter.Topic == DeadLetterEvent.TopicName) // a notice of a dead letter that fails itself makes no further ones
            return;
        using (db.ActAs(Caller.Platform)) // an event of nobody does not become that of the operator who acts
            db.Raise(fact with { OwnerId = letter.UserId, OrganizationId = letter.OrganizationId });
    }
}
