using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Notifications;

/// <summary>Writes what has become known since into the metadata of everybody's notifications of one cause.</summary>
public sealed class AnnotateNotifications(PlatformDbContext db)
{
    private const int Batch = 500;

    public async Task AnnotateAsync(Guid causeId, IReadOnlyDictionary<string, JsonElement> facts, CancellationToken ct)
    {
        var last = Guid.Empty;
        while (true)
        {
            var after = last;
            var ids = await db.Notifications.Where(n => n.SourceEventId == causeId && n.Id.CompareTo(after) > 0).OrderBy(n => n.Id).Select(n => n.Id).Take(Batch).ToListAsync(ct);
            if (ids.Count == 0)
                return;
            last = ids[^1];
            await AnnotateAsync(ids, facts, ct);
        }
    }

    private async Task AnnotateAsync(List<Guid> ids, IReadOnlyDictionary<string, JsonElement> facts, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                foreach (var notification in await db.Notifications.Where(n => ids.Contains(n.Id)).ToListAsync(ct))
                    notification.Metadata = Merge(notification.Metadata, facts);
                await db.SaveChangesAsync(ct);
                return;
            }
            catch (DbUpdateConcurrencyException)
            {
                // the user has deleted one of them
            }
            finally
            {
                db.Discard();
            }
        }
    }

    private static Dictionary<string, JsonElement> Merge(IReadOnlyDictionary<string, JsonElement>? known, IReadOnlyDictionary<string, JsonElement> facts)
    {
        var merged = new Dictionary<string, JsonElement>(known ?? new Dictionary<string, JsonElement>(), StringComparer.Ordinal);
        foreach (var (name, value) in facts)
            merged[name] = value;
        return merged;
    }
}
