using System.Net;
using Microsoft.EntityFrameworkCore;

using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>One operator who may sign in stays, whatever operators do to each other at once.</summary>
public sealed class LastOperatorTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task FiftyDemotionsOfTheLastTwo_LeaveOne(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: ("RateLimit:Enabled", "false"));
        var first = await app.OperatorAsync();
        var second = await app.CreateOperatorAsync(first);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => DemoteAsync(i % 2 == 0 ? first : second, i % 4 < 2 ? first.Id : second.Id)));

        Assert.Equal(1, await OperatorsAsync(app));
        Assert.Contains(answers, status => status == HttpStatusCode.OK);
        Assert.All(answers, status => Assert.Contains(status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden]));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task EachShutsTheOtherOut_OneStays(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var first = await app.OperatorAsync();
        var second = await app.CreateOperatorAsync(first);

        await Task.WhenAll(
            first.Client.CallAsync(HttpMethod.Patch, "/api/admin/users", new { userId = second.Id, action = "ban", reason = "quarrel" }),
            second.Client.CallAsync(HttpMethod.Delete, $"/users/{first.Id}"),
            first.Client.CallAsync(HttpMethod.Put, $"/api/v1/admin/users/{second.Id}", new { is_active = false }),
            second.Client.CallAsync(HttpMethod.Put, $"/api/admin/users/{first.Id}", new { role = "user" }));

        Assert.Equal(1, await OperatorsAsync(app));
    }

    [Fact]
    public async Task LastOperator_IsRefusedInEveryFacesWords()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        var other = await app.CreateUserAsync();

        var e = await op.Client.CallAsync(HttpMethod.Put, $"/api/v1/admin/users/{op.Id}", new { role = "user" }, HttpStatusCode.BadRequest);
        Assert.Equal("Cannot demote or deactivate the last admin", e.Body.Text("detail"));
        var own = await op.Client.CallAsync(HttpMethod.Put, $"/api/v1/admin/users/{op.Id}", new { is_active = false }, HttpStatusCode.BadRequest);
        Assert.Equal("Cannot deactivate your own account", own.Body.Text("detail"));
        await op.Client.CallAsync(HttpMethod.Put, $"/api/admin/users/{op.Id}", new { role = "user" }, HttpStatusCode.BadRequest);
        var i = await op.Client.CallAsync(HttpMethod.Put, $"/users/{op.Id}", new { role = "user" }, HttpStatusCode.Conflict);
        Assert.Equal("last_admin", i.Body.Text("error"));
        Assert.Equal("cannot_delete_self", (await op.Client.CallAsync(HttpMethod.Delete, $"/users/{op.Id}", null, HttpStatusCode.BadRequest)).Body.Text("error"));
        await op.Client.CallAsync(HttpMethod.Delete, $"/api/admin/users/{op.Id}", null, HttpStatusCode.BadRequest);
        await op.Client.CallAsync(HttpMethod.Patch, "/api/admin/users", new { userId = op.Id, action = "ban", reason = "oneself" }, HttpStatusCode.BadRequest);

        // A banned operator does not count.
        var banned = await app.CreateOperatorAsync(op);
        await op.Client.CallAsync(HttpMethod.Patch, "/api/admin/users", new { userId = banned.Id, action = "ban", reason = "away", duration = 60_000 }, HttpStatusCode.OK);
        await op.Client.CallAsync(HttpMethod.Put, $"/users/{op.Id}", new { role = "user" }, HttpStatusCode.Conflict);
        await op.Client.CallAsync(HttpMethod.Put, $"/users/{other.Id}", new { role = "admin" }, HttpStatusCode.OK);
        await op.Client.CallAsync(HttpMethod.Put, $"/users/{op.Id}", new { role = "user" }, HttpStatusCode.OK);
        await op.Client.GetAsync("/users", HttpStatusCode.Unauthorized);   // his sessions ended with his role
    }

    private static async Task<HttpStatusCode> DemoteAsync(TestUser by, Guid target) =>
        (await by.Client.CallAsync(HttpMethod.Put, $"/api/v1/admin/users/{target}", new { role = "user" })).Status;

    private static Task<int> OperatorsAsync(PlatformApp app) => app.WithDatabaseAsync(db =>
    {
        var now = DateTimeOffset.UtcNow;
        return db.Users.CountAsync(user => user.PlatformRole == PlatformRole.Admin && user.IsActive && !(user.BannedUntil > now));
    });
}
