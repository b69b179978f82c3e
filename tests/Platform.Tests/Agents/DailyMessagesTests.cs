using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Agents;
using Platform.Data;
using Platform.Identity;
using Platform.RateLimits;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Agents;

public sealed class DailyMessagesTests
{
    private const string Path = "/api/auth/rate-limit";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Take_MoreThanTheLimitAtOnce_StopsExactlyThereUntilTheNextDay(Db db)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(db, services => services.AddSingleton<TimeProvider>(clock), settings: ("Agents:MaxMessagesPerDay", "7"));
        var user = await app.CreateUserAsync();
        Assert.Equal((true, 7, 0, 7), await ReadAsync(user.Client));

        var taken = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => InScopeAsync(app, services => services.GetRequiredService<DailyMessages>().TakeAsync(user.Id, CancellationToken.None))));

        Assert.Equal(7, taken.Count(one => one));
        Assert.Equal((false, 0, 7, 7), await ReadAsync(user.Client));
        var reset = JsonSerializer.Deserialize<JsonElement>(await user.Client.GetStringAsync(Path)).GetProperty("resetAt").GetDateTimeOffset();
        Assert.Equal((TimeSpan.Zero, clock.GetUtcNow().UtcDateTime.Date.AddDays(1)), (reset.TimeOfDay, reset.UtcDateTime.Date));
        clock.Advance(reset - clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        var again = await app.CreateUserAsync();
        Assert.Equal((true, 7, 0, 7), await ReadAsync(again.Client));
        Assert.True(await InScopeAsync(app, services => services.GetRequiredService<DailyMessages>().TakeAsync(user.Id, CancellationToken.None)));
    }

    [Fact]
    public async Task Limit_OfAUser_IsHisOwnElseThatOfHisVerifiedDomain()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Agents:AdminDomains:0", "EXAMPLE.com"));
        var user = await app.CreateUserAsync();
        Assert.Equal((true, 20, 0, 20), await ReadAsync(user.Client));   // an address that nobody has verified
        await InScopeAsync(app, services => services.GetRequiredService<PlatformDbContext>().Users.Where(found => found.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(found => found.EmailVerified, true)));
        Assert.Equal((true, 100, 0, 100), await ReadAsync(user.Client));
        await InScopeAsync(app, services => services.GetRequiredService<PlatformDbContext>().Users.Where(found => found.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(found => found.EmailKey, "x@sub.example.com")));
        Assert.Equal((true, 20, 0, 20), await ReadAsync(user.Client));
        await InScopeAsync(app, services => services.GetRequiredService<PlatformDbContext>().UserLimits.Where(limits => limits.UserId == user.Id).ExecuteUpdateAsync(set => set.SetProperty(limits => limits.MaxMessagesPerDay, 0)));
        Assert.Equal((false, 0, 0, 0), await ReadAsync(user.Client));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous.GetAsync(Path)).StatusCode);
    }

    [Fact]
    public async Task Sweep_CountersOlderThanFortyDays_DeletesThemOnly()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Caller.Platform);
        var (today, user) = (DateOnly.FromDateTime(database.Clock.GetUtcNow().UtcDateTime), User.Create("mona", null, PlatformRole.User, database.Clock.GetUtcNow()));
        scope.Db.Add(user);
        scope.Db.AddRange(((int[])[0, 40, 41]).Select(days => new UsageCounter { UserId = user.Id, Date = today.AddDays(-days), Messages = days }));
        await scope.Db.SaveChangesAsync();

        Assert.Equal(1, await new AgentSweep(database.Get<ExpiredRows>(), database.Clock).DeleteOldCountersAsync(CancellationToken.None));
        Assert.Equal([0, 40], await scope.Db.UsageCounters.Select(counter => counter.Messages).Order().ToListAsync());
    }

    private static async Task<(bool, int, int, int)> ReadAsync(HttpClient client)
    {
        var body = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(Path));
        return (body.GetProperty("allowed").GetBoolean(), body.GetProperty("remaining").GetInt32(), body.GetProperty("used").GetInt32(), body.GetProperty("total").GetInt32());
    }

    private static async Task<T> InScopeAsync<T>(PlatformApp app, Func<IServiceProvider, Task<T>> use)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        return await use(scope.ServiceProvider);
    }
}
