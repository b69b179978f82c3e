using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Organizations;

/// <summary>What a caller's rights cost does not depend on how large his organization is. Counted in commands and rows, not in time.</summary>
public sealed class RoleCostTests
{
    private const int ManyRoles = 1_000;
    private const int ManyMembers = 10_000;

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rights_InALargeOrganization_CostWhatTheyCostInASmallOne(Db database)
    {
        var reads = new CountedReads();
        await using var app = await PlatformApp.StartAsync(
            database, configure: services => services.ConfigureDbContext<PlatformDbContext>((_, options) => options.AddInterceptors(reads)), settings: OrganizationApps.Unlimited);
        var team = await TestTeam.FormAsync(app);
        var role = await team.RoleAsync("role", ["builds:*"], TestTeam.IdOf(OrganizationRole.Viewer));
        _ = (await team.AssignAsync(team.Owner, team.Member, role)).Good;
        var session = await app.AskAsync(db => db.Sessions.Where(row => row.UserId == team.Member.Id).Select(row => row.Id).SingleAsync());

        var small = await CountAsync();
        await FillAsync(app, team.Place.Id);
        Assert.Equal(small, await CountAsync());
        Assert.InRange(small.Session.Commands, 1, 2);
        Assert.InRange(small.Access.Commands, 1, 2);
        Assert.InRange(small.Session.Rows + small.Access.Rows, 4, 8); // his session, his membership, his assignment twice, and the look for one more after each

        var page = await team.Viewer.CallAsync("GET /api/team/members?limit=10&offset=5000");
        Assert.Equal((ManyMembers + 4, 10), (page.Body.GetProperty("total").GetInt32(), page.Data.GetArrayLength()));
        Assert.Equal(ManyRoles + 5, (await team.Viewer.CallAsync("GET /api/security/roles?limit=10")).Body.GetProperty("total").GetInt32());

        async Task<(Cost Session, Cost Access)> CountAsync()
        {
            var directory = app.Services.GetRequiredService<SessionDirectory>();
            directory.ForgetAll();
            var ofSession = await reads.CountAsync(async () => Assert.NotNull(await directory.FindAsync(session, CancellationToken.None)));
            var ofAccess = await reads.CountAsync(async () => await app.Services.GetRequiredService<AccessDirectory>().FindAsync(team.Member.Id, team.Place.Id, CancellationToken.None));
            return (ofSession, ofAccess);
        }
    }

    internal static Role NewRole(Guid organizationId, string name) => new()
    {
        Id = Guid.CreateVersion7(),
        OrganizationId = organizationId,
        Name = name,
        NameKey = name.ToLowerInvariant(),
        Permissions = ["builds:read"],
        Closure = ["builds:read"],
        CreatedAt = DateTimeOffset.UtcNow,
        UpdatedAt = DateTimeOffset.UtcNow,
    };

    private static async Task FillAsync(PlatformApp app, Guid organizationId)
    {
        var now = DateTimeOffset.UtcNow;
        for (var batch = 0; batch < 10; batch++)
        {
            await app.AskAsync(db =>
            {
                for (var i = 0; i < ManyRoles / 10; i++)
                    db.Add(NewRole(organizationId, $"filler {batch}-{i}"));
                for (var i = 0; i < ManyMembers / 10; i++)
                {
                    var user = User.Create($"filler{batch}x{i}", $"filler{batch}x{i}@example.com", PlatformRole.User, now);
                    db.Add(user);
                    db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = organizationId, UserId = user.Id, Role = OrganizationRole.Viewer, JoinedAt = now.AddDays(-1) });
                }
                return db.SaveChangesAsync();
            });
        }
    }

    private sealed record Cost(int Commands, int Rows);

    /// <summary>Counts the commands, and the rows that they gave, of one flow of control.</summary>
    private sealed class CountedReads : DbCommandInterceptor
    {
        private readonly AsyncLocal<int[]?> _counts = new();

        public async Task<Cost> CountAsync(Func<Task> work)
        {
            var counts = _counts.Value = new int[2];
            await work();
            _counts.Value = null;
            return new Cost(counts[0], counts[1]);
        }

        public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (_counts.Value is { } counts)
                Interlocked.Increment(ref counts[0]);
            return new(result);
        }

        public override ValueTask<InterceptionResult> DataReaderClosingAsync(DbCommand command, DataReaderClosingEventData eventData, InterceptionResult result)
        {
            if (_counts.Value is { } counts)
                Interlocked.Add(ref counts[1], eventData.ReadCount);
            return new(result);
        }
    }
}
