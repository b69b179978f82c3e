using System.Net;
using Microsoft.EntityFrameworkCore;

using Platform.Admin;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>What goes with a user, and what keeps him from going.</summary>
public sealed class UserDeletionTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_User_TakesSessionsAndHisOwnOrganization(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (user, host) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var joined = await JoinAsync(app, host.Id, user.Id, OrganizationRole.Admin);
        await app.WithDatabaseAsync(async db =>
        {
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = joined, UserId = op.Id, Role = OrganizationRole.Viewer, InvitedBy = user.Id, JoinedAt = DateTimeOffset.UtcNow });
            return await db.SaveChangesAsync();
        });

        await op.Client.CallAsync(HttpMethod.Delete, $"/users/{user.Id}", null, HttpStatusCode.NoContent);

        await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, await app.SignInAsync(user.Username, PlatformApp.Password));
        await op.Client.GetAsync($"/users/{user.Id}", HttpStatusCode.NotFound);
        var (sessions, members, status, others, authors, events, audited) = await app.WithDatabaseAsync(async db => (
            await db.Sessions.CountAsync(session => session.UserId == user.Id),
            await db.Memberships.CountAsync(member => member.UserId == user.Id),
            await db.Organizations.Where(organization => organization.PersonalUserId == user.Id).Select(organization => organization.Status).SingleAsync(),
            await db.Organizations.Where(organization => organization.Id == joined).Select(organization => organization.Status).SingleAsync(),
            await db.Memberships.Where(member => member.UserId == op.Id && member.OrganizationId == joined).Select(member => member.InvitedBy).SingleAsync(),
            await db.Events.CountAsync(stored => stored.EventType == "user_deleted" && stored.AggregateId == user.Id.ToString()),
            await db.AuditEntries.CountAsync(entry => entry.Action == "auth.login" && entry.ResourceId == user.Id.ToString())));
        Assert.Equal((0, 0, OrganizationStatus.Deleting, OrganizationStatus.Active, (Guid?)null, 1), (sessions, members, status, others, authors, events));
        Assert.True(audited > 0);   // audit entries stay
        Assert.Equal(HttpStatusCode.Created, await RegisterAsync(app, user));   // name, address and slug are free again
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_SoleOwnerOfOthers_Is409AndNamesThem(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (owner, member) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var organization = await JoinAsync(app, owner.Id, member.Id, OrganizationRole.Member);

        var (_, refused) = await op.Client.CallAsync(HttpMethod.Delete, $"/users/{owner.Id}", null, HttpStatusCode.Conflict);
        Assert.Equal("last_owner", refused.Text("error"));
        Assert.Equal([owner.Username], refused.GetProperty("organizations").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains(owner.Username, (await op.Client.CallAsync(HttpMethod.Delete, $"/api/admin/users/{owner.Id}", null, HttpStatusCode.Conflict)).Body.Text("error"), StringComparison.Ordinal);
        await owner.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.OK);   // nothing happened
        Assert.Equal(2, await app.WithDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "user.delete" && entry.Reason == "user.last_owner" && entry.ResourceId == owner.Id.ToString())));

        await app.WithDatabaseAsync(db => db.Memberships.Where(row => row.OrganizationId == organization && row.UserId == member.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Role, OrganizationRole.Owner)));
        await op.Client.CallAsync(HttpMethod.Delete, $"/api/admin/users/{owner.Id}", null, HttpStatusCode.OK);   // another owner stays
        Assert.Equal(OrganizationStatus.Active, await app.WithDatabaseAsync(db => db.Organizations.Where(row => row.Id == organization).Select(row => row.Status).SingleAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_Operator_EndsTheSessionsHeActsWith(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var other = await app.CreateOperatorAsync(op);
        using var acting = await ImpersonationTests.ActAsAsync(app, other, await app.CreateUserAsync());

        await op.Client.CallAsync(HttpMethod.Delete, $"/users/{other.Id}", null, HttpStatusCode.NoContent);

        await acting.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        Assert.Equal(0, await app.WithDatabaseAsync(db => db.Impersonations.CountAsync()));
    }

    [Fact]
    public async Task AuthorColumns_AreAllThatEndInBy()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Platform.Identity.Caller.Platform);
        var found = UserTraces.AuthorColumns(scope.Db.Model).Select(column => $"{column.DeclaringType.ClrType.Name}.{column.Name}").ToList();

        Assert.Superset(((string[])["Membership.InvitedBy", "RoleAssignment.AssignedBy", "Role.CreatedBy", "SystemSettingsDocument.UpdatedBy"]).ToHashSet(), found.ToHashSet());
    }

    private static Task<Guid> JoinAsync(PlatformApp app, Guid hostId, Guid userId, OrganizationRole role) => app.WithDatabaseAsync(async db =>
    {
        var organization = await db.Organizations.SingleAsync(found => found.PersonalUserId == hostId);
        db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = organization.Id, UserId = userId, Role = role, JoinedAt = DateTimeOffset.UtcNow });
        await db.SaveChangesAsync();
        return organization.Id;
    });

    private static async Task<HttpStatusCode> RegisterAsync(PlatformApp app, TestUser user) =>
        (await app.Anonymous.CallAsync(HttpMethod.Post, "/api/v1/auth/register", new { username = user.Username, email = user.Email, password = PlatformApp.Password })).Status;
}
