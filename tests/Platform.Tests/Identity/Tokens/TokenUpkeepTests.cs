using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.Tokens;

/// <summary>What timers do for tokens.</summary>
public sealed class TokenUpkeepTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Warn_BeforeTheEnd_TellsTheUserOnceForEachDistance(Db db)
    {
        var clock = new ShiftedClock();
        await using var app = await TokenLab.StartAsync(db, configure: services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        await app.CreateTokenAsync(user.Client, new { name = "long", scopes = new[] { "builds:read" }, expiresInDays = 30 });
        await app.CreateTokenAsync(user.Client, new { name = "short", scopes = new[] { "builds:read" }, expiresInDays = 3 });
        var warnings = app.Services.GetRequiredService<TokenWarnings>();

        Assert.Equal(0, await warnings.WarnAsync(CancellationToken.None));   // whoever makes a token for three days knows
        clock.Advance(TimeSpan.FromDays(2.5));
        Assert.Equal(1, await warnings.WarnAsync(CancellationToken.None));   // short, a day before
        await ToldAsync(1);
        clock.Advance(TimeSpan.FromDays(20.6));
        Assert.Equal(1, await warnings.WarnAsync(CancellationToken.None));   // long, a week before
        Assert.Equal(0, await warnings.WarnAsync(CancellationToken.None));
        await ToldAsync(2);
        clock.Advance(TimeSpan.FromDays(6.2));
        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => warnings.WarnAsync(CancellationToken.None)))).Sum());

        await ToldAsync(3);
        var subjects = await app.DatabaseAsync(found => found.Notifications.Where(row => row.UserId == user.Id).OrderBy(row => row.Subject).Select(row => row.Subject).ToListAsync());
        Assert.Equal(["Access token expires in 1 day", "Access token expires in 1 day", "Access token expires in 7 days"], subjects);
        Assert.All(await app.DatabaseAsync(found => found.Notifications.ToListAsync()), row => Assert.Equal(Platform.Notifications.NotificationType.SecurityAlert, row.Type));

        Task ToldAsync(int times) =>
            Until.TrueAsync(async () => await app.DatabaseAsync(found => found.Notifications.CountAsync(row => row.UserId == user.Id)) == times, $"{times} notifications are there");
    }

    [Fact]
    public async Task Sweep_PurgesTokensAfterAYearAndFiguresAfter90Days()
    {
        await using var database = await TestDatabase.CreateAsync();
        var now = database.Clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var scope = database.As(Caller.Platform);
        var user = ((User)scope.Db.AddSample(scope.Db.Model.FindEntityType(typeof(User))!, Guid.Empty, Guid.Empty, Guid.Empty).Entity).Id;
        var organization = (Platform.Organizations.Organization)scope.Db.AddSample(scope.Db.Model.FindEntityType(typeof(Platform.Organizations.Organization))!, user, Guid.Empty, Guid.Empty).Entity;
        AccessToken Made(string name, DateTimeOffset at, DateTimeOffset? end) =>
            AccessToken.Create(new NewToken(TokenKind.User, name, user, organization.Id, ["builds:read"], end), TokenSecret.Create(TokenKind.User), at);
        AccessToken[] tokens = [Made("live", now, null), Made("expired", now.AddDays(-500), now.AddDays(-366)), Made("recent", now.AddDays(-500), now.AddDays(-364)), Made("revoked", now.AddDays(-400), null)];
        tokens[3].Revoke(now.AddDays(-366));
        scope.Db.AddRange(tokens);
        scope.Db.AddRange(Day(today.AddDays(-91)), Day(today.AddDays(-90)));
        scope.Db.Add(new TokenLatencyDay { TokenId = user, Date = today.AddDays(-91), Route = "GET /", Bucket = 1, Count = 1 });
        await scope.Db.SaveChangesAsync();
        var sweep = new TokenSweep(database.Get<ExpiredRows>(), database.Clock);

        Assert.Equal(2, await sweep.DeleteEndedTokensAsync(CancellationToken.None));
        Assert.Equal(2, await sweep.DeleteOldUsageAsync(CancellationToken.None));
        Assert.Equal(["live", "recent"], await scope.Db.AccessTokens.OrderBy(token => token.Name).Select(token => token.Name).ToListAsync());
        Assert.Equal(today.AddDays(-90), (await scope.Db.TokenUsageDays.SingleAsync()).Date);

        TokenUsageDay Day(DateOnly date) => new() { TokenId = user, Date = date, Route = "GET /", Class = "2xx", IpAddress = "::1", Count = 1, LastSeenAt = now };
    }

    [Fact]
    public async Task LastUse_IsWrittenAtMostOnceAMinute()
    {
        var clock = new ShiftedClock();
        await using var app = await TokenLab.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        var token = await app.CreateTokenAsync(user, "executions:read");
        var store = app.Services.GetRequiredService<TokenUsageStore>();
        async Task<(DateTimeOffset? At, long Count)> RowAsync() =>
            await app.DatabaseAsync(async db => await db.AccessTokens.Where(row => row.Id == token.Id).Select(row => new ValueTuple<DateTimeOffset?, long>(row.LastUsedAt, row.RequestCount)).SingleAsync());

        await token.Client.StatusAsync("/api/v1/token-probe");
        await store.FlushAsync(CancellationToken.None);
        var first = await RowAsync();
        Assert.Equal(1, first.Count);
        clock.Advance(TimeSpan.FromSeconds(30));
        await token.Client.StatusAsync("/api/v1/token-probe");
        Assert.True(await store.FlushAsync(CancellationToken.None));   // held back
        Assert.Equal(first, await RowAsync());
        Assert.Equal(2, await app.DatabaseAsync(db => db.TokenUsageDays.SumAsync(row => row.Count)));
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.False(await store.FlushAsync(CancellationToken.None));
        var second = await RowAsync();
        Assert.Equal((2, true), (second.Count, second.At > first.At));
    }

    [Fact]
    public async Task Restart_KeepsWhatWasCounted()
    {
        var directory = Directory.CreateTempSubdirectory("platform-restart-").FullName;
        Guid id;
        await using (var first = await PlatformApp.StartAsync(dataDirectory: directory))
        {
            var user = await first.CreateUserAsync("marie");
            var token = await first.CreateTokenAsync(user, "profile:read");
            Assert.Equal(200, await token.Client.StatusAsync("/api/v1/auth/me"));
            id = token.Id;
        }
        await using (var second = await PlatformApp.StartAsync(dataDirectory: directory))
            Assert.Equal(1, await second.DatabaseAsync(db => db.TokenUsageDays.Where(row => row.TokenId == id).SumAsync(row => row.Count)));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Stream_OfARevokedToken_MayNotGoOn()
    {
        await using var app = await TokenLab.StartAsync();
        var user = await app.CreateUserAsync();
        var token = await app.CreateTokenAsync(user, "executions:read");
        var directory = app.Services.GetRequiredService<TokenDirectory>();
        Assert.True(await directory.ContinuesAsync(TokenHash.Of(token.Secret), CancellationToken.None));
        await user.Client.DeleteAsync($"/api/dev/tokens/{token.Id}");
        Assert.False(await directory.ContinuesAsync(TokenHash.Of(token.Secret), CancellationToken.None));
    }
}
