using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;

namespace Platform.Notifications;

/// <summary>Tells whoever started a build, as long as he is a member, that it did not succeed.</summary>
public sealed class NotifyOfBuild(PlatformDbContext db, NotificationFanOut notifications) : IEventHandler
{
    public static readonly IReadOnlyList<string> EventTypes = ["build.failed", "build.cancelled"];

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored is not { OrganizationId: { } organizationId, ProjectId: { } projectId, UserId: { } reader })
            return;
        var build = stored.ReadPayload<JsonElement>().GetProperty("build");
        if (build.TryGetProperty("cancelled_by", out var by) && by.ValueKind == JsonValueKind.String && by.GetGuid() == reader)
            return; // he knows
        if (!await db.Memberships.AnyAsync(member => member.OrganizationId == organizationId && member.UserId == reader, ct))
            return;
        var project = await db.Projects.Where(found => found.Id == projectId).Select(found => found.Name).SingleOrDefaultAsync(ct);
        var (number, status) = (build.GetProperty("number").GetInt32(), build.GetProperty("status").GetString()!);
        var lines = new List<string> { $"Project: {project}", $"Environment: {build.GetProperty("environment").GetString()}" };
        if (build.TryGetProperty("branch", out var branch) && branch.GetString() is { } name)
            lines.Add($"Branch: {name}");
        if (build.TryGetProperty("failure", out var failure) && failure.ValueKind == JsonValueKind.Object && failure.GetProperty("code").GetString() is { } why)
            lines.Add($"Reason: {why}");
        var told = new Notice(reader, organizationId, NotificationType.Custom, NotificationSeverity.Medium, $"Build #{number} {WordOf(status)}", string.Join('\n', lines))
        {
            Tags = ["build", "entity:build", $"event:{stored.EventType}"],
            RelatedEntityId = build.GetProperty("id").GetString(),
            RelatedEntityType = "build",
        };
        await notifications.AddAsync(told, NoticeCause.Of(stored), ct);
    }

    private static string WordOf(string status) => status switch
    {
        "timed_out" => "ran out of time",
        "cancelled" => "was cancelled",
        _ => "failed",
    };
}
