using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Platform.Agents;
using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Executions;
using Platform.Identity;
using Platform.Identity.OAuth;
using Platform.Notifications;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity.OAuth;

public sealed class MergeAccountsTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Connect_AccountThatOnlyGitHubOpens_AbsorbsIt(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        var account = FakeAccount.New();
        var (former, from) = await lab.GitHubUserAsync(account);
        var (browser, user) = await lab.UserAsync();
        await SaveKeyAsync(former, "openai", "former-openai-key");
        await SaveKeyAsync(former, "gemini", "former-gemini-key");
        await SaveKeyAsync(browser, "openai", "own-openai-key");
        var (personal, shared, joined) = await lab.InDatabaseAsync(rows => FurnishAsync(rows, from, user.Id));

        Assert.Equal("/?github_connected=true", await browser.SignInAsync(account));

        Assert.Equal(user.Id, await browser.UserIdAsync());
        Assert.Equal("""{"user":null,"authProvider":null}""", await former.Client.GetStringAsync("/api/auth/info"));
        await lab.InDatabaseAsync(async rows =>
        {
            Assert.False((await rows.Users.SingleAsync(found => found.Id == from)).IsActive);
            Assert.Equal(0, await rows.Sessions.CountAsync(session => session.UserId == from && session.RevokedAt == null));
            Assert.Equal((user.Id, personal), await rows.Executions.Select(execution => new ValueTuple<Guid, Guid>(execution.UserId, execution.OrganizationId)).SingleAsync());
            Assert.Equal(user.Id, (await rows.Sagas.SingleAsync()).UserId);
            Assert.Equal(user.Id, (await rows.DeadLetters.SingleAsync()).UserId);
            Assert.Equal(0, await rows.Notifications.CountAsync());
            var organization = await rows.Organizations.SingleAsync(found => found.Id == personal);
            Assert.Equal((false, null), (organization.IsPersonal, organization.PersonalUserId));
            Assert.Equal(OrganizationRole.Owner, (await rows.Memberships.SingleAsync(member => member.OrganizationId == personal)).Role);
            Assert.Equal(OrganizationRole.Viewer, (await rows.Memberships.SingleAsync(member => member.OrganizationId == shared)).Role);   // his own place wins
            Assert.Equal((user.Id, OrganizationRole.Member), await rows.Memberships.Where(member => member.OrganizationId == joined).Select(member => new ValueTuple<Guid, OrganizationRole>(member.UserId, member.Role)).SingleAsync());
            Assert.Equal(user.Id, (await rows.RoleAssignments.SingleAsync()).UserId);
            Assert.Equal(0, await rows.Memberships.CountAsync(member => member.UserId == from));
            var merged = await rows.AuditEntries.SingleAsync(entry => entry.Action == "identity.merge");
            Assert.Equal((user.Id, $"{from}"), (merged.ActorId, merged.ResourceId));
            Assert.Equal(user.Id, (await rows.Events.SingleAsync(e => e.EventType == "identity.merged")).UserId);
            return true;
        });
        Assert.Equal(["own-openai-key", "former-gemini-key"], await KeysAsync(lab, user.Id));
        Assert.Equal("/", await lab.Browser().SignInAsync(account));   // opens the account that goes on
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Connect_SameAccountByManyAtOnce_AbsorbsItOnce(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        var account = FakeAccount.New();
        var (_, from) = await lab.GitHubUserAsync(account);
        var browsers = new List<Browser>();
        for (var i = 0; i < 6; i++)
            browsers.Add((await lab.UserAsync()).Browser);

        var ends = await Task.WhenAll(browsers.Select(browser => browser.SignInAsync(account)));

        Assert.Equal(1, ends.Count(end => end == "/?github_connected=true"));
        Assert.Equal(1, await lab.InDatabaseAsync(rows => rows.AuditEntries.CountAsync(entry => entry.Action == "identity.merge")));
        Assert.Equal(0, await lab.InDatabaseAsync(rows => rows.Memberships.CountAsync(member => member.UserId == from)));
    }

    [Fact]
    public async Task Moves_OfAllAreas_LeaveNoEntityWithAnOwnerOut()
    {
        await using var app = await PlatformApp.StartAsync();
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var covered = scope.ServiceProvider.GetServices<IAccountMove>().SelectMany(move => move.Entities).ToList();
        var owned = scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Model.GetEntityTypes()
            .Where(type => type.GetProperties().Any(property => property.Name is "UserId" or "PersonalUserId")).Select(type => type.ClrType).ToList();

        Assert.Equal(covered.Count, covered.Distinct().Count());
        Violations.None(owned.Except(covered).Select(type => $"{type.Name} has an owner, but no IAccountMove takes care of it"));
        Violations.None(covered.Except(owned).Select(type => $"{type.Name} has no owner"));
    }

    private static async Task<(Guid Personal, Guid Shared, Guid Joined)> FurnishAsync(PlatformDbContext rows, Guid from, Guid into)
    {
        var personal = await rows.Organizations.Where(found => found.PersonalUserId == from).Select(found => found.Id).SingleAsync();
        var project = await rows.Projects.Where(found => found.OrganizationId == personal).Select(found => found.Id).SingleAsync();
        var execution = rows.AddSample(TypeOf<Execution>(rows), from, personal, project);
        execution.Property(nameof(Execution.Status)).CurrentValue = ExecutionStatus.Completed;
        rows.AddSample(TypeOf<Saga>(rows), from, personal, project).Property(nameof(Saga.ExecutionId)).CurrentValue = execution.Property(nameof(Execution.Id)).CurrentValue;
        rows.AddSample(TypeOf<DeadLetter>(rows), from, personal, project);
        rows.AddSample(TypeOf<Notification>(rows), from, personal, project);
        var (shared, sharedProject) = await CompanyAsync(rows, "shared");
        var (joined, joinedProject) = await CompanyAsync(rows, "joined");
        rows.AddRange(
            Member(shared, from, OrganizationRole.Admin), Member(shared, into, OrganizationRole.Viewer), Member(joined, from, OrganizationRole.Member),
            Assignment(shared, from, sharedProject), Assignment(joined, from, joinedProject));
        await rows.SaveChangesAsync();
        return (personal, shared, joined);
    }

    private static async Task<(Guid Organization, Guid Project)> CompanyAsync(PlatformDbContext rows, string slug)
    {
        var organization = rows.AddSample(TypeOf<Organization>(rows), Guid.Empty, Guid.Empty, Guid.Empty);
        organization.Property(nameof(Organization.Slug)).CurrentValue = slug;
        var id = (Guid)organization.Property(nameof(Organization.Id)).CurrentValue!;
        await rows.SaveChangesAsync();
        var project = Project.Default(id, DateTimeOffset.UnixEpoch);
        rows.Add(project);
        await rows.SaveChangesAsync();
        return (id, project.Id);
    }

    private static IEntityType TypeOf<T>(PlatformDbContext rows) => rows.Model.FindEntityType(typeof(T))!;

    private static Membership Member(Guid organization, Guid user, OrganizationRole role) =>
        new() { Id = Guid.CreateVersion7(), OrganizationId = organization, UserId = user, Role = role, JoinedAt = DateTimeOffset.UnixEpoch };

    private static RoleAssignment Assignment(Guid organization, Guid user, Guid project) =>
        new() { Id = Guid.CreateVersion7(), OrganizationId = organization, UserId = user, RoleId = Guid.CreateVersion7(), ProjectId = project, AssignedAt = DateTimeOffset.UnixEpoch };

    private static async Task SaveKeyAsync(Browser browser, string provider, string apiKey) =>
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/api/api-keys", JsonContent.Create(new { provider, apiKey }))).StatusCode);

    private static Task<List<string?>> KeysAsync(OAuthLab lab, Guid userId) => lab.InDatabaseAsync(async (_, services) =>
    {
        var keys = services.GetRequiredService<ProviderKeys>();
        List<string?> values = [];
        foreach (var provider in (KeyProvider[])[KeyProvider.Openai, KeyProvider.Gemini])
            values.Add((await keys.ResolveAsync(userId, provider, CancellationToken.None))?.Value);
        return values;
    });
}
