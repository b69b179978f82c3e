using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Organizations;
using Platform.Scripts;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Scripts;

/// <summary>Scripts that run by themselves.</summary>
public sealed class ScriptScheduleTests
{
    private const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Schedule_SetReadAndTakenAway(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, settings: ("Scripts:MaxSchedulesPerUser", "1"));
        var scripts = await ScriptClient.NewAsync(app);
        var (id, other) = (await scripts.SaveAsync(), await scripts.SaveAsync());
        var path = ScriptClient.Of(id, "/schedule");
        Assert.Equal(HttpStatusCode.NotFound, await scripts.StatusAsync(HttpMethod.Get, path));
        Assert.Equal(HttpStatusCode.NotFound, await scripts.StatusAsync(HttpMethod.Delete, path));

        var set = await scripts.CallAsync(HttpMethod.Put, path, new { cron = "30 2 * * 1-5", timezone = "Europe/Berlin" });
        Assert.Equal(("30 2 * * 1-5", "Europe/Berlin", true), (set.Text("cron"), set.Text("timezone"), set.GetProperty("enabled").GetBoolean()));
        Assert.InRange(set.GetProperty("next_run_at").GetDateTimeOffset(), DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(4));
        Assert.Equal(set.GetRawText(), (await scripts.CallAsync(HttpMethod.Get, path)).GetRawText());

        var refused = await scripts.CallAsync(HttpMethod.Put, ScriptClient.Of(other, "/schedule"), new { cron = "* * * * *" }, HttpStatusCode.BadRequest);
        Assert.Equal("At most 1 schedules can be switched on", refused.Text("detail"));
        await scripts.CallAsync(HttpMethod.Put, ScriptClient.Of(other, "/schedule"), new { cron = "* * * * *", enabled = false });
        var off = await scripts.CallAsync(HttpMethod.Put, path, new { cron = "30 2 * * 1-5", enabled = false });
        Assert.Equal((false, JsonValueKind.Null), (off.GetProperty("enabled").GetBoolean(), off.GetProperty("next_run_at").ValueKind));
        await scripts.CallAsync(HttpMethod.Put, ScriptClient.Of(other, "/schedule"), new { cron = "* * * * *" });
        await scripts.CallAsync(HttpMethod.Delete, path, expected: HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NotFound, await scripts.StatusAsync(HttpMethod.Get, path));

        foreach (var unfit in new object[] { new { }, new { cron = "" }, new { cron = "* * * *" }, new { cron = "* * * * * *" }, new { cron = "61 * * * *" }, new { cron = "0 0 30 2 *" }, new { cron = "0 3 * * *", timezone = "Nowhere" } })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await scripts.StatusAsync(HttpMethod.Put, path, unfit));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Due_AfterManyMissedTicks_RunsOnceAsItsOwner(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var scripts = await ScriptClient.NewAsync(app);
        var id = await scripts.SaveAsync("print('by itself')");
        await ScheduleAsync(app, scripts, id, dueSince: TimeSpan.FromHours(3));

        await app.Services.GetRequiredService<ScheduledRuns>().StartDueAsync(CancellationToken.None);
        await app.Services.GetRequiredService<ScheduledRuns>().StartDueAsync(CancellationToken.None);

        var execution = await RunOfAsync(scripts, id);
        await Until.TrueAsync(async () => (await scripts.CallAsync(HttpMethod.Get, $"/api/v1/result/{execution}")).Text("status") == "completed", "the run has ended", 60);
        Assert.Equal("by itself\n", (await scripts.CallAsync(HttpMethod.Get, $"/api/v1/result/{execution}")).Text("output"));
        Assert.Equal(1, (await scripts.CallAsync(HttpMethod.Get, "/api/v1/user/executions")).GetProperty("total").GetInt32());
        var schedule = await scripts.CallAsync(HttpMethod.Get, ScriptClient.Of(id, "/schedule"));
        Assert.True(schedule.GetProperty("next_run_at").GetDateTimeOffset() > schedule.GetProperty("last_run_at").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, schedule.GetProperty("last_error").ValueKind);
    }

    [Fact]
    public async Task Due_OnTwoNodesAtOnce_RunsOnce()
    {
        await using var first = await PlatformApp.StartAsync(Db.Postgres, settings: ("Secrets:MasterKey", MasterKey));
        await using var second = await PlatformApp.StartAsync(Db.Postgres, connectionString: first.Services.GetRequiredService<DatabaseSettings>().ConnectionString, settings: ("Secrets:MasterKey", MasterKey));
        var scripts = await ScriptClient.NewAsync(first);
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await scripts.SaveAsync());
            await ScheduleAsync(first, scripts, ids[^1], dueSince: TimeSpan.FromMinutes(1));
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? first : second).Services.GetRequiredService<ScheduledRuns>().StartDueAsync(CancellationToken.None)));

        foreach (var id in ids)
            await RunOfAsync(scripts, id);
        Assert.Equal(ids.Count, (await scripts.CallAsync(HttpMethod.Get, "/api/v1/user/executions")).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Due_OwnerMayNotRunAnyMore_IsSwitchedOff(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var (host, guest, banned) = (await app.CreateUserAsync(), await ScriptClient.NewAsync(app), await ScriptClient.NewAsync(app));
        await app.JoinAsync(guest.User, host, OrganizationRole.Member);
        var (id, other) = (await guest.SaveAsync(), await banned.SaveAsync());
        await ScheduleAsync(app, guest, id, TimeSpan.FromMinutes(1));
        await ScheduleAsync(app, banned, other, TimeSpan.FromMinutes(1));
        await app.WithDatabaseAsync(async rows =>
        {
            await rows.Memberships.Where(member => member.UserId == guest.User.Id && member.Role == OrganizationRole.Member).ExecuteUpdateAsync(set => set.SetProperty(member => member.Role, OrganizationRole.Viewer));
            (await rows.Users.SingleAsync(user => user.Id == banned.User.Id)).Ban(null, "spam", DateTimeOffset.UtcNow);
            return await rows.SaveChangesAsync();
        });
        app.Services.GetRequiredService<Platform.Identity.SessionDirectory>().ForgetAll();

        await app.Services.GetRequiredService<ScheduledRuns>().StartDueAsync(CancellationToken.None);

        var schedules = await app.WithDatabaseAsync(rows => rows.ScriptSchedules.AsNoTracking().ToListAsync());
        Assert.All(schedules, schedule => Assert.Equal((false, null, "The owner may not run scripts in this project"), (schedule.Enabled, schedule.NextRunAt, schedule.LastError)));
        Assert.Equal(0, await app.WithDatabaseAsync(rows => rows.Executions.CountAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Due_NoRoomForIt_IsNotedAndWaitsForTheNextTime(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, settings: ("Executions:MaxPerUser", "1"));
        var scripts = await ScriptClient.NewAsync(app);
        var (busy, id) = (await scripts.SaveAsync("import time; time.sleep(120)"), await scripts.SaveAsync());
        var running = (await scripts.CallAsync(HttpMethod.Post, ScriptClient.Of(busy, "/run"), new { })).GetProperty("execution_id").GetGuid();
        await ScheduleAsync(app, scripts, id, TimeSpan.FromMinutes(1));

        await app.Services.GetRequiredService<ScheduledRuns>().StartDueAsync(CancellationToken.None);

        var schedule = await scripts.CallAsync(HttpMethod.Get, ScriptClient.Of(id, "/schedule"));
        Assert.Equal(("Execution limit reached", true, JsonValueKind.Null), (schedule.Text("last_error"), schedule.GetProperty("enabled").GetBoolean(), schedule.GetProperty("last_execution_id").ValueKind));
        Assert.True(schedule.GetProperty("next_run_at").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        await scripts.CallAsync(HttpMethod.Post, $"/api/v1/{running}/cancel", new { });
    }

    // Once a year, so that the app's own timer finds nothing else to do.
    private static async Task ScheduleAsync(PlatformApp app, ScriptClient scripts, Guid id, TimeSpan dueSince)
    {
        await scripts.CallAsync(HttpMethod.Put, ScriptClient.Of(id, "/schedule"), new { cron = $"0 0 1 {DateTimeOffset.UtcNow.AddDays(-40).Month} *" });
        var due = DateTimeOffset.UtcNow - dueSince;
        await app.WithDatabaseAsync(async rows =>
        {
            rows.Entry(await rows.ScriptSchedules.SingleAsync(schedule => schedule.ScriptId == id)).Property(schedule => schedule.NextRunAt).CurrentValue = due;
            return await rows.SaveChangesAsync();
        });
    }

    private static async Task<Guid> RunOfAsync(ScriptClient scripts, Guid id)
    {
        var schedule = default(JsonElement);
        await Until.TrueAsync(
            async () =>
            {
                schedule = await scripts.CallAsync(HttpMethod.Get, ScriptClient.Of(id, "/schedule"));
                return schedule.GetProperty("last_execution_id").ValueKind == JsonValueKind.String;
            },
            "the schedule names its run");
        return schedule.GetProperty("last_execution_id").GetGuid();
    }
}
