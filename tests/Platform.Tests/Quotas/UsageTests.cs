using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Identity;
using Platform.Identity.OAuth;
using Platform.Organizations;
using Platform.Quotas;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Quotas;

public sealed class UsageTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Usage_OfRuns_IsTheSumOfTheirResultsForOwnerAndOrganization(Db database)
    {
        await using var lab = await QuotaLab.StartAsync(database);
        var (owner, member, stranger) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        await lab.App.JoinAsync(member, owner, OrganizationRole.Member);
        var place = await lab.App.PlaceOfAsync(owner);

        List<JsonElement> results = [];
        foreach (var script in (string[])["print(1)", "raise ValueError", "import time\nwhile time.process_time() < 0.2: pass"])
            results.Add((await QuotaLab.RunAsync(owner, script)).Body);
        var other = (await QuotaLab.RunAsync(member)).Body;
        Assert.Equal(["completed", "failed", "completed", "completed"], results.Append(other).Select(result => result.GetProperty("status").GetString()));

        var own = await QuotaLab.UsageAsync(owner);
        var (executions, cpu, memory) = Sum(results);
        Assert.Equal((3, cpu, memory), Figures(own.GetProperty("total")));
        Assert.True(cpu >= 0.2);
        Assert.Equal((executions, cpu, memory), Figures(own.GetProperty("days")[6]));
        Assert.Equal((place.ProjectId, place.OrganizationId), (Assert.Single(own.GetProperty("projects").EnumerateArray()).GetProperty("project_id").GetGuid(), own.GetProperty("projects")[0].GetProperty("organization_id").GetGuid()));
        Assert.All(Enumerable.Range(0, 6), day => Assert.Equal((0, 0, 0), Figures(own.GetProperty("days")[day])));
        var standing = QuotaLab.Standing(own, "user", "executions");
        Assert.Equal((JsonValueKind.Null, 3, "ok"), (standing.GetProperty("limit").ValueKind, standing.GetProperty("used").GetInt32(), standing.GetProperty("state").GetString()));

        var path = $"/api/v1/organizations/{place.OrganizationId}/usage";
        var (_, whole) = await owner.Client.GetAsync($"{path}?limit=1", HttpStatusCode.OK);
        Assert.Equal(Sum([.. results, other]), Figures(whole.GetProperty("total")));
        Assert.Equal((owner.Id, 3), (Assert.Single(whole.GetProperty("users").EnumerateArray()).GetProperty("user_id").GetGuid(), whole.GetProperty("users")[0].GetProperty("executions").GetInt32()));
        Assert.Equal(2, whole.GetProperty("users_total").GetInt32());
        Assert.Equal(member.Username, (await owner.Client.GetAsync($"{path}?offset=1", HttpStatusCode.OK)).Body.GetProperty("users")[0].GetProperty("username").GetString());
        await member.Client.GetAsync(path, HttpStatusCode.Forbidden);
        await stranger.Client.GetAsync(path, HttpStatusCode.NotFound);
        await lab.Operator.Client.GetAsync(path, HttpStatusCode.NotFound); // joins no organization
        Assert.Equal((0, 0, 0), Figures((await QuotaLab.UsageAsync(stranger)).GetProperty("total")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Usage_OfADeletedExecution_StaysAndOfOneThatNeverRan_CountsAsExecutionOnly(Db database)
    {
        await using var lab = await QuotaLab.StartAsync(database, settings: ("SystemSettings:ExecutionLimits:MaxConcurrentExecutions", "1"));
        var user = await lab.App.CreateUserAsync();
        var running = (await QuotaLab.StartAsync(user, "import time; time.sleep(60)")).Body.GetProperty("execution_id").GetGuid();
        var waiting = (await QuotaLab.StartAsync(user)).Body.GetProperty("execution_id").GetGuid();
        Assert.Equal((2, 0, 0), Figures((await QuotaLab.UsageAsync(user)).GetProperty("total"))); // counted when asked for

        foreach (var id in (Guid[])[waiting, running])
            await lab.Operator.Client.CallAsync(HttpMethod.Delete, $"/api/v1/{id}", null, HttpStatusCode.OK);

        var total = Figures((await QuotaLab.UsageAsync(user)).GetProperty("total"));
        Assert.Equal(2, total.Executions);
        Assert.True(total.Memory > 0); // what the stopped run used
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Usage_ByRangeAndProject_IsWhatWasStored(Db database)
    {
        await using var lab = await QuotaLab.StartAsync(database);
        var user = await lab.App.CreateUserAsync();
        var (place, today) = (await lab.App.PlaceOfAsync(user), DateOnly.FromDateTime(lab.Clock.GetUtcNow().UtcDateTime));
        var elsewhere = Guid.CreateVersion7();
        await lab.App.WithDatabaseAsync(db =>
        {
            db.AddRange(
                new UsageDay { OrganizationId = place.OrganizationId, ProjectId = place.ProjectId, UserId = user.Id, Day = today.AddDays(-91), Executions = 5, CpuMilliseconds = 1500, MemoryKbSeconds = 2048 },
                new UsageDay { OrganizationId = place.OrganizationId, ProjectId = place.ProjectId, UserId = user.Id, Day = today.AddDays(-1), Executions = 2 },
                new UsageDay { OrganizationId = elsewhere, ProjectId = elsewhere, UserId = user.Id, Day = today.AddDays(-1), Executions = 4 });
            return db.SaveChangesAsync();
        });

        var all = await QuotaLab.UsageAsync(user, $"?start_date={today.AddDays(-91):yyyy-MM-dd}&end_date={today:yyyy-MM-dd}");
        Assert.Equal((92, 11, 1.5, 2), (all.GetProperty("days").GetArrayLength(), Figures(all.GetProperty("total")).Executions, Figures(all.GetProperty("total")).Cpu, Figures(all.GetProperty("total")).Memory));
        Assert.Equal([7, 4], all.GetProperty("projects").EnumerateArray().Select(project => project.GetProperty("executions").GetInt32()));
        var one = await QuotaLab.UsageAsync(user, $"?project_id={place.ProjectId}");
        Assert.Equal((2, 2), (Figures(one.GetProperty("total")).Executions, one.GetProperty("days")[5].GetProperty("executions").GetInt32()));
        Assert.Equal(today.AddDays(-1).ToString("yyyy-MM-dd"), one.GetProperty("days")[5].GetProperty("date").GetString());

        foreach (var query in (string[])[$"start_date={today.AddDays(-92):yyyy-MM-dd}&end_date={today:yyyy-MM-dd}", "start_date=2026-02-02&end_date=2026-02-01", "start_date=yesterday", "project_id=x", "start_date=0001-01-01"])
            await user.Client.GetAsync($"/api/v1/user/usage?{query}", HttpStatusCode.UnprocessableEntity);
        Assert.Equal(1, (await QuotaLab.UsageAsync(user, "?end_date=0001-01-01")).GetProperty("days").GetArrayLength());
        await user.Client.GetAsync("/api/v1/user/usage?start_date=9999-12-31&end_date=9999-12-31", HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Merge_AddsTheAbsorbedUsersUseAndSweep_DeletesWhatIsOver(Db database)
    {
        await using var lab = await QuotaLab.StartAsync(database);
        var (from, into) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        var (place, today) = (await lab.App.PlaceOfAsync(into), DateOnly.FromDateTime(lab.Clock.GetUtcNow().UtcDateTime));
        await lab.SetAsync("user", from.Id, new { executions_per_day = 3 });
        await lab.SetAsync("project", place.ProjectId, new { executions_per_day = 3 });
        await lab.App.WithDatabaseAsync(db =>
        {
            foreach (var (user, day, count) in new[] { (from, 0, 3), (into, 0, 4), (from, -1, 5), (into, -401, 6), (into, -400, 7) })
                db.Add(new UsageDay { OrganizationId = place.OrganizationId, ProjectId = place.ProjectId, UserId = user.Id, Day = today.AddDays(day), Executions = count });
            return db.SaveChangesAsync();
        });

        await using (var scope = lab.App.As(Caller.Platform))
        {
            var move = scope.ServiceProvider.GetServices<IAccountMove>().Single(found => found.Entities.Contains(typeof(UsageDay)));
            await move.MoveAsync(new AbsorbedAccount(new IdentityOwner(from.Id, place.OrganizationId), new IdentityOwner(into.Id, place.OrganizationId)), CancellationToken.None);
            await scope.ServiceProvider.GetRequiredService<QuotaSweep>().SweepAsync(CancellationToken.None);
        }

        Assert.Equal([(into.Id, -400, 7), (into.Id, -1, 5), (into.Id, 0, 7)], await lab.App.WithDatabaseAsync(async db =>
            (await db.UsageDays.OrderBy(row => row.Day).ToListAsync()).Select(row => (row.UserId, row.Day.DayNumber - today.DayNumber, (int)row.Executions))));
        Assert.Equal([place.ProjectId], await lab.App.WithDatabaseAsync(db => db.QuotaOverrides.Select(row => row.SubjectId).ToListAsync()));
    }

    private static (long Executions, double Cpu, double Memory) Figures(JsonElement row) =>
        (row.GetProperty("executions").GetInt64(), row.GetProperty("cpu_seconds").GetDouble(), row.GetProperty("memory_mb_seconds").GetDouble());

    private static (long Executions, double Cpu, double Memory) Sum(List<JsonElement> results)
    {
        var used = results.Select(result => result.GetProperty("resource_usage")).ToList();
        var cpu = used.Sum(one => one.GetProperty("cpu_time_jiffies").GetInt64() * 1000 / one.GetProperty("clk_tck_hertz").GetInt64());
        var memory = used.Sum(one => (long)Math.Round(one.GetProperty("peak_memory_kb").GetInt64() * one.GetProperty("execution_time_wall_seconds").GetDouble()));
        return (results.Count, cpu / 1000.0, Math.Round(memory / 1024.0, 3));
    }
}
