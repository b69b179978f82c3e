using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Audit;

/// <summary>One app per database for the tests of a class, started when first wanted.</summary>
public sealed class AuditApps : IAsyncLifetime
{
    private readonly PerDatabase<PlatformApp> _apps = new(db => PlatformApp.StartAsync(db));

    public Task<PlatformApp> GetAsync(Db db) => _apps.GetAsync(db);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _apps.DisposeAsync();
}

/// <summary>An organization with an owner and a member, and a user of another one.</summary>
internal sealed record AuditWorld(PlatformApp App, TestUser Owner, TestUser Member, TestUser Stranger, TestPlace Place)
{
    public static async Task<AuditWorld> CreateAsync(PlatformApp app)
    {
        var (owner, member, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(member, owner, OrganizationRole.Member);
        return new AuditWorld(app, owner, member, stranger, await app.PlaceOfAsync(owner));
    }

    /// <summary>Stores an entry as an operation of the user would; strangers write in their own organization.</summary>
    public async Task WriteAsync(
        TestUser actor, string action, string resourceType, string resourceId, string? name, AuditOutcome outcome = AuditOutcome.Success, int daysAgo = 0, Action<AuditEntry>? configure = null)
    {
        var place = actor == Stranger ? await App.PlaceOfAsync(actor) : Place;
        await using var scope = App.As(new Caller
        {
            Kind = CallerKind.User,
            UserId = actor.Id,
            Username = actor.Username,
            OrganizationId = place.OrganizationId,
            ProjectId = place.ProjectId,
            Credential = CredentialKind.Bearer,
        });
        var holder = scope.ServiceProvider.GetRequiredService<CallerScope>();
        (holder.IpAddress, holder.UserAgent) = ("203.0.113.7", "tests");
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var entry = scope.ServiceProvider.GetRequiredService<AuditTrail>().Write(action, resourceType, resourceId, outcome);
        entry.ResourceName = name;
        configure?.Invoke(entry);
        if (daysAgo > 0)
            db.Entry(entry).Property(row => row.Timestamp).CurrentValue = entry.Timestamp.AddDays(-daysAgo);
        await db.SaveChangesAsync();
        var written = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Until.TrueAsync(() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > written, "the next entry has a later time");
    }

    public async Task<JsonElement> GetAsync(string query) => await (await Owner.Client.GetAsync("/api/security/audit-logs" + query)).JsonAsync();

    public async Task<JsonElement> ChecksAsync(string query) => (await (await Owner.Client.GetAsync("/api/audit" + query)).JsonAsync()).GetProperty("data");

    public async Task<JsonElement> ActivityAsync(string query) => await (await Member.Client.GetAsync("/api/team/activity-logs" + query)).JsonAsync();

    public async Task ExpectAsync(string query, params string[] actions) =>
        Assert.Equal((query, string.Join(' ', actions)), (query, string.Join(' ', (await GetAsync(query)).GetProperty("data").EnumerateArray().Select(entry => entry.Text("action")))));

    public async Task ExpectChecksAsync(string query, params string[] actions) =>
        Assert.Equal((query, string.Join(' ', actions)), (query, string.Join(' ', (await ChecksAsync(query)).GetProperty("logs").EnumerateArray().Select(entry => entry.Text("action")))));
}
