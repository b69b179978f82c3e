using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>The ids of messages that were sent of late, of the queues and topics with duplicate detection.</summary>
internal static class MessageIds
{
    private const string Take =
        """
        INSERT INTO message_ids (name, message_id, until) VALUES (@name, @id, @until)
        ON CONFLICT (name, message_id) DO UPDATE SET until = excluded.until WHERE message_ids.until <= @now
        """;

    /// <summary>Notes the ids and returns the messages whose ids were not known. Belongs into the transaction that stores them.</summary>
    public static async Task<List<MessageDraft>> TakeNewAsync(HostSession session, string name, IReadOnlyList<MessageDraft> drafts, DateTimeOffset now, TimeSpan window)
    {
        var fresh = new List<MessageDraft>();
        foreach (var draft in drafts)
        {
            var added = await session.ExecuteAsync(
                Take, p => p.Add("name", name).Add("id", draft.Message.MessageId).Add("until", (now + window).UtcTicks).Add("now", now.UtcTicks), CancellationToken.None);
            if (added > 0)
                fresh.Add(draft);
        }

        return fresh;
    }

    public static Task<int> ForgetAsync(HostSession session, DateTimeOffset now, CancellationToken ct) =>
        session.ExecuteAsync("DELETE FROM message_ids WHERE until <= @now", p => p.Add("now", now.UtcTicks), ct);
}
