using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>Which events a caller sees (executions.md §2.5): his own, which the data layer selects, and those of aggregates that he owns; operators see all.</summary>
public sealed class EventVisibility(Caller caller, IEnumerable<IAggregateOwners> owners)
{
    private static readonly string[] Personal = ["ip_address", "user_agent"];

    /// <summary>The organization to which an access token is bound; null for all others.</summary>
    internal Guid? BoundTo => caller.Credential == CredentialKind.AccessToken ? caller.OrganizationId ?? Guid.Empty : null;

    public async Task<bool> OwnsAsync(string? aggregateId, CancellationToken ct) => aggregateId is not null && (await OwnedAsync([aggregateId], ct)).Count > 0;

    public async Task<List<string>> OwnedAsync(IReadOnlyCollection<string> aggregateIds, CancellationToken ct)
    {
        List<string> owned = [];
        foreach (var area in owners)
            owned.AddRange(await area.OwnedAsync(aggregateIds, ct));
        return owned;
    }

    /// <summary>Events of everybody; whoever calls it says which of them the caller may see.</summary>
    internal static IQueryable<PlatformEvent> OfEverybody(IQueryable<PlatformEvent> events) => events.IgnoreQueryFilters([PlatformDbContext.TenantFilterName]);

    /// <summary>The event as the caller may see it: where somebody else was is nobody's business but operators'.</summary>
    public EventView Show(PlatformEvent stored)
    {
        var view = EventView.From(stored);
        if (caller.IsOperator || stored.UserId == caller.UserId)
            return view;
        var metadata = JsonSerializer.Deserialize<JsonObject>(stored.Metadata)!;
        foreach (var name in Personal)
            metadata.Remove(name);
        return view with { Metadata = new StoredJson(metadata.ToJsonString(JsonColumn.Options)) };
    }
}
