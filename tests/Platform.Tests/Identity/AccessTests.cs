using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity;

/// <summary>What memberships and assignments add up to, and how soon a change acts.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Access_MembershipAndAssignments_AddUp(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var user = await app.CreateUserAsync();
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var now = clock.GetUtcNow();
        var (member, project) = await PlaceAsync(db, user.Id);
        (member.Role, member.ProjectBound) = (OrganizationRole.Member, true);
        var role = NewRole(member.OrganizationId, ["builds:*"], ["builds:*", "alerts:manage"], [BuiltInRoles.For(OrganizationRole.Admin).Id], now);
        db.Add(role);
        await db.SaveChangesAsync();

        Assert.Equal(BuiltInRoles.For(OrganizationRole.Viewer).Permissions.Names, (await ReadAsync()).In(project).Names);

        db.Add(Assignment(BuiltInRoles.For(ProjectRole.ProjectEditor).Id, project, expiresAt: null));
        await db.SaveChangesAsync();
        var granted = await ReadAsync();
        Assert.True(granted.In(project).Contains(Permissions.TestsCreate));
        Assert.True(granted.In(project).Contains(Permissions.ExecutionsRun));
        Assert.False(granted.In(project).Contains(Permissions.TestsDelete));
        Assert.False(granted.In(null).Contains(Permissions.TestsCreate));
        Assert.False(granted.In(Guid.CreateVersion7()).Contains(Permissions.ExecutionsRun));

        var wide = Assignment(role.Id, projectId: null, expiresAt: now + TimeSpan.FromHours(1));
        db.Add(wide);
        await db.SaveChangesAsync();
        var assigned = await ReadAsync();
        Assert.True(assigned.In(null).Contains(Permissions.AlertsManage));
        Assert.True(assigned.In(null).Contains(Permissions.AuditRead));   // inherited from admin
        Assert.False(assigned.In(null).Contains(Permissions.OrganizationsDelete));

        wide.ExpiresAt = now - TimeSpan.FromSeconds(1);
        await db.SaveChangesAsync();
        Assert.False((await ReadAsync()).In(null).Contains(Permissions.AlertsManage));

        db.Remove(member);
        await db.SaveChangesAsync();
        Assert.Equal(BuiltInRoles.Self.Names, (await ReadAsync()).In(project).Names);

        RoleAssignment Assignment(Guid roleId, Guid? projectId, DateTimeOffset? expiresAt) => new()
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = member.OrganizationId,
            UserId = user.Id,
            RoleId = roleId,
            ProjectId = projectId,
            ExpiresAt = expiresAt,
            AssignedAt = now,
        };

        Task<OrganizationAccess> ReadAsync() => AccessReader.ReadAsync(db, user.Id, member.OrganizationId, clock.GetUtcNow(), CancellationToken.None);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Assignment_TwiceTheSame_IsRefusedByTheDatabase(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var user = await app.CreateUserAsync();
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var (member, project) = await PlaceAsync(db, user.Id);
        foreach (Guid? on in new Guid?[] { null, project })
        {
            await AddAsync(on);
            var twice = await Assert.ThrowsAsync<DbUpdateException>(() => AddAsync(on));
            Assert.True(twice.IsUniqueViolation());
            db.Discard();
        }

        Task AddAsync(Guid? on)
        {
            db.Add(new RoleAssignment
            {
                Id = Guid.CreateVersion7(),
                OrganizationId = member.OrganizationId,
                UserId = user.Id,
                RoleId = BuiltInRoles.For(ProjectRole.ProjectAdmin).Id,
                ProjectId = on,
                AssignedAt = app.Services.GetRequiredService<TimeProvider>().GetUtcNow(),
            });
            return db.SaveChangesAsync();
        }
    }

    private static async Task<(Membership Member, Guid Project)> PlaceAsync(PlatformDbContext db, Guid userId)
    {
        var member = await db.Memberships.SingleAsync(row => row.UserId == userId);
        return (member, await db.Projects.Where(row => row.OrganizationId == member.OrganizationId).Select(row => row.Id).SingleAsync());
    }

    private static Role NewRole(Guid organizationId, string[] permissions, string[] closure, Guid[] builtIns, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrganizationId = organizationId,
        Name = "Release",
        NameKey = "release",
        Permissions = permissions,
        Closure = closure,
        BuiltIns = builtIns,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
