using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity;

public sealed class IdentitySweepTests
{
    [Fact]
    public async Task Delete_SessionsAndFailuresPastTheirRetention_LeavesWhatStillCounts()
    {
        await using var database = await TestDatabase.CreateAsync();
        var now = database.Clock.GetUtcNow();
        await using var scope = database.As(Caller.Platform);
        var user = ((User)scope.Db.AddSample(scope.Db.Model.FindEntityType(typeof(User))!, Guid.Empty, Guid.Empty, Guid.Empty).Entity).Id;
        Session[] sessions = [Opened(user, now.AddDays(-38)), Opened(user, now.AddDays(-36)), Opened(user, now.AddDays(-36)), Opened(user, now)];
        sessions[2].Revoke(now.AddDays(-31));
        scope.Db.AddRange(sessions);
        scope.Db.AddRange(
            new SignInThrottle { Key = "old", WindowStart = now.AddDays(-2) },
            new SignInThrottle { Key = "locked", WindowStart = now.AddDays(-2), LockedUntil = now.AddMinutes(1) },
            new SignInThrottle { Key = "new", WindowStart = now.AddHours(-23) });
        var owner = scope.Db.Users.Local.Single();
        owner.ChangeEmail("ada@example.com", verified: false, now);
        var (old, live) = (EmailToken.Issue(owner, EmailTokenPurpose.Verify, now.AddDays(-3)).Token, EmailToken.Issue(owner, EmailTokenPurpose.Reset, now.AddHours(-2)).Token);
        scope.Db.AddRange(old, live);
        await scope.Db.SaveChangesAsync();
        var sweep = new IdentitySweep(database.Get<ExpiredRows>(), database.Clock);

        Assert.Equal(2, await sweep.DeleteEndedSessionsAsync(CancellationToken.None));
        Assert.Equal(1, await sweep.DeleteOldFailuresAsync(CancellationToken.None));
        Assert.Equal(1, await sweep.DeleteOldEmailTokensAsync(CancellationToken.None));

        Assert.Equal([sessions[1].Id, sessions[3].Id], await scope.Db.Sessions.OrderBy(session => session.CreatedAt).Select(session => session.Id).ToListAsync());
        Assert.Equal(live.Hash, (await scope.Db.EmailTokens.SingleAsync()).Hash);
        Assert.Equal(["locked", "new"], await scope.Db.SignInThrottles.OrderBy(row => row.Key).Select(row => row.Key).ToListAsync());
    }

    private static Session Opened(Guid user, DateTimeOffset at) =>
        Session.Open(user, Guid.Empty, Guid.Empty, new SessionOpening("token", SignInMethod.Password, true, TimeSpan.FromDays(7), at, null, null));
}
