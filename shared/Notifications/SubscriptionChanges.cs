using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Data;

namespace Platform.Notifications;

/// <summary>Which members of a subscription a change has changed, by their names on the wire.</summary>
internal static class SubscriptionChanges
{
    public static IReadOnlyList<string> Between(SubscriptionView before, SubscriptionView after)
    {
        var (old, made) = (Members(before), Members(after));
        return [.. made.Where(member => !JsonNode.DeepEquals(member.Value, old[member.Key])).Select(member => member.Key)];
    }

    private static JsonObject Members(SubscriptionView view) =>
        JsonSerializer.SerializeToNode(view with { WebhookSecret = null, CreatedAt = null, UpdatedAt = null }, JsonColumn.Options)!.AsObject();
}
