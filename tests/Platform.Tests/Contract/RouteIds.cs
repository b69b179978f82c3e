using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Webhooks;

namespace Platform.Tests.Contract;

/// <summary>
/// What to put into the parameters of a route: for an id, an object that the owner has made. A new parameter needs a row in <see cref="Makers"/>, or in
/// <see cref="Words"/> when what it names belongs to nobody.
/// </summary>
internal sealed partial class RouteIds(PlatformApp app, TestUser owner)
{
    private static readonly Dictionary<string, Func<RouteIds, Task<string>>> Makers = new(StringComparer.Ordinal)
    {
        ["executionId"] = ids => ids.ExecutionAsync(),
        ["sagaId"] = ids => ids.SagaAsync(),
        ["eventId"] = ids => ids.FailedEventAsync(),
        ["userId"] = ids => Task.FromResult(ids.Owner.Id.ToString()),
        ["subjectId"] = ids => Task.FromResult(ids.Owner.Id.ToString()),
        ["organizationId"] = async ids => (await ids.App.PlaceOfAsync(ids.Owner)).OrganizationId.ToString(),
        ["projectId"] = async ids => (await ids.App.PlaceOfAsync(ids.Owner)).ProjectId.ToString(),
        ["memberId"] = ids => ids.MembershipAsync(),
        ["tokenId"] = async ids => (await ids.CreateAsync("/api/dev/tokens", new { name = "owner's", scopes = new[] { "builds:read" } })).GetProperty("data").GetProperty("id").GetString()!,
        ["apiKeyId"] = async ids => (await ids.CreateAsync("/api_keys", new { name = "owner's" })).GetProperty("key").GetProperty("id").GetString()!,
        ["roleId"] = async ids => (await ids.CreateAsync("/api/security/roles", new { name = "owner's", permissions = new[] { "builds:read" } })).GetProperty("data").GetProperty("id").GetString()!,
        ["invitationId"] = async ids => (await ids.CreateAsync("/api/organizations/members/invite", new { email = $"{Guid.CreateVersion7():N}@example.com", role = "project_viewer" })).GetProperty("data").GetProperty("id").GetString()!,
        ["notificationId"] = ids => ids.NotificationAsync(),
        ["domainId"] = async ids => (await ids.CreateAsync("/api/settings/domains", new { name = $"{Guid.CreateVersion7():N}.example.com" })).GetProperty("data").GetProperty("id").GetString()!,
        ["scriptId"] = async ids => (await ids.CreateAsync("/api/v1/scripts", new { name = "owner's", script = "print(1)" })).GetProperty("script_id").GetString()!,
        ["alertId"] = async ids => (await ids.CreateAsync("/api/alerts", new { name = $"owner's {Guid.CreateVersion7():N}", expression = "avg(owners[5m]) > 1" })).GetProperty("data").GetProperty("id").GetString()!,
        ["shareId"] = async ids => (await ids.CreateAsync($"/api/v1/scripts/{await ids.ValueAsync("scriptId")}/shares", new { })).GetProperty("share_id").GetString()!,
        ["varId"] = async ids => (await ids.CreateAsync("/api/settings/env-vars", new { key = "OWNERS_KEY", value = "a value" })).GetProperty("data").GetProperty("id").GetString()!,
        ["databaseId"] = async ids => (await ids.CreateAsync("/api/databases", new { name = "owners", initSql = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)" })).GetProperty("data").GetProperty("id").GetString()!,
        ["backupId"] = async ids => (await ids.CreateAsync($"/api/databases/{await ids.ValueAsync("databaseId")}/backups", new { })).GetProperty("data").GetProperty("id").GetString()!,
        ["buildId"] = async ids => (await ids.CreateAsync($"/api/builds/project/{await ids.ValueAsync("projectId")}", new { executor = "external" })).GetProperty("data").GetProperty("id").GetString()!,
        ["stepId"] = async ids => (await ids.CreateAsync($"/api/builds/{await ids.ValueAsync("buildId")}/steps", new { name = "owners" })).GetProperty("data").GetProperty("id").GetString()!,
        ["functionId"] = async ids => (await ids.CreateAsync($"/api/functions/project/{await ids.ValueAsync("projectId")}", new { name = "owners", runtime = "node", code = "exports.handler = () => 1", network = "none", deploy = false })).GetProperty("data").GetProperty("id").GetString()!,
        ["deploymentId"] = async ids => (await ids.CreateAsync($"/api/functions/{await ids.ValueAsync("functionId")}/deploy", new { })).GetProperty("data").GetProperty("id").GetString()!,
        ["variableId"] = async ids => (await ids.CreateAsync($"/api/projects/{await ids.ValueAsync("projectId")}/variables", new { key = "OWNERS_KEY", value = "a value" })).GetProperty("data").GetProperty("id").GetString()!,
        ["webhookId"] = async ids => (await ids.CreateAsync("/api/dev/webhooks", new { url = "https://93.184.216.34/hook", events = new[] { "build.*" } })).GetProperty("data").GetProperty("id").GetString()!,
        ["deliveryId"] = ids => ids.DeliveryAsync(),
    };

    /// <summary>Parameters that name no object of a tenant.</summary>
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["correlationId"] = "of-no-request",
        ["sessionId"] = "00000000-0000-7000-8000-000000000001",
        ["aggregateId"] = "user_settings_of_nobody",
        ["token"] = "the-secret-of-no-invitation",
        ["inviteToken"] = "the-secret-of-no-invitation",
        ["channel"] = "in_app",
        ["subjectType"] = "user",
        ["version"] = "1",
        ["tableName"] = "notes",
        ["key"] = "a-key",
        ["artifactId"] = "all",
    };

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _made = new(StringComparer.Ordinal);

    private PlatformApp App { get; } = app;

    private TestUser Owner { get; } = owner;

    public static IEnumerable<string> In(string route) => Parameter().Matches(route).Select(match => match.Groups["name"].Value);

    /// <summary>Whether the route names an object of the owner.</summary>
    public static bool NamesAnObject(string route) => In(route).Any(Makers.ContainsKey);

    public static IEnumerable<string> Unknown(string route) => In(route).Where(name => !Makers.ContainsKey(name) && !Words.ContainsKey(name));

    public async Task<string> PathOfAsync(string route)
    {
        foreach (var name in In(route))
            route = Regex.Replace(route, $@"\{{\*{{0,2}}{name}[^}}]*\}}", Uri.EscapeDataString(await ValueAsync(name)));
        return "/" + route;
    }

    private Task<string> ValueAsync(string name) => Words.TryGetValue(name, out var word)
        ? Task.FromResult(word)
        : _made.GetOrAdd(name, _ => new Lazy<Task<string>>(() => Makers.TryGetValue(name, out var make)
            ? make(this)
            : Task.FromResult(Guid.CreateVersion7().ToString()))).Value;

    private async Task<string> ExecutionAsync() =>
        (await CreateAsync("/api/v1/execute", new { script = "print(1)" })).GetProperty("execution_id").GetString()!;

    private async Task<string> SagaAsync()
    {
        var execution = await ValueAsync("executionId");
        var sagas = default(JsonElement);
        await Until.TrueAsync(
            async () =>
            {
                var answer = await Owner.Client.GetFromJsonAsync<JsonElement>($"/api/v1/sagas/execution/{execution}");
                return answer.TryGetProperty("sagas", out sagas) && sagas.GetArrayLength() > 0;
            },
            "the execution has a saga");
        return sagas[0].GetProperty("saga_id").GetString()!;
    }

    private async Task<string> NotificationAsync()
    {
        var place = await App.PlaceOfAsync(Owner);
        await using var scope = App.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var notification = new Notification
        {
            Id = Guid.CreateVersion7(),
            UserId = Owner.Id,
            OrganizationId = place.OrganizationId,
            Type = NotificationType.Custom,
            Channel = NotificationChannel.InApp,
            Severity = NotificationSeverity.Low,
            Subject = "owner's",
            Body = "",
            Tags = [],
            CreatedAt = DateTimeOffset.UtcNow,
        };
        notification.Deliver(notification.CreatedAt);
        db.Add(notification);
        await db.SaveChangesAsync();
        return notification.Id.ToString();
    }

    private async Task<string> DeliveryAsync()
    {
        var id = Guid.Parse(await ValueAsync("webhookId"));
        await using var scope = App.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var webhook = await db.Webhooks.SingleAsync(found => found.Id == id);
        var delivery = db.Add(WebhookDelivery.Of(webhook, Guid.CreateVersion7(), PublicEvents.Test, "{}", DateTimeOffset.UtcNow, isTest: true)).Entity;
        delivery.Cancel();
        await db.SaveChangesAsync();
        return delivery.Id.ToString();
    }

    private async Task<string> MembershipAsync()
    {
        await using var scope = App.As(Caller.Platform);
        return (await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Memberships.Where(member => member.UserId == Owner.Id).Select(member => member.Id).FirstAsync()).ToString();
    }

    /// <summary>An event of the owner that is a dead letter too.</summary>
    private async Task<string> FailedEventAsync()
    {
        var place = await App.PlaceOfAsync(Owner);
        await using var scope = App.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var raised = db.Raise(new EventDraft { EventType = "script_saved", Topic = "script_events", Payload = "{}", UserId = Owner.Id, OrganizationId = place.OrganizationId });
        await db.SaveChangesAsync();
        await App.Services.GetRequiredService<DeadLetterQueue>().AddAsync("notifications", raised, "boom", CancellationToken.None);
        return raised.EventId.ToString();
    }

    private async Task<JsonElement> CreateAsync(string path, object body)
    {
        var answer = await Owner.Client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    [GeneratedRegex(@"\{\*{0,2}(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}
