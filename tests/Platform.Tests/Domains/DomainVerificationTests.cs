using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Domains;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;
using Platform.Tests.Organizations;

namespace Platform.Tests.Domains;

/// <summary>What a real name server's answers make of a domain.</summary>
public sealed class DomainVerificationTests(DomainApps apps) : IClassFixture<DomainApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verify_RecordAmongOthers_IsVerified(Db database)
    {
        var client = await ClientAsync(database);
        var domain = await client.AddAsync(DomainClient.NewName());
        var record = domain.GetProperty("verification");
        var missing = await client.VerifyAsync(domain);
        Assert.Equal(("pending", "nxdomain", 1), (missing.Text("status"), missing.Text("lastError"), missing.GetProperty("failureCount").GetInt32()));
        apps.Names.SetTxt(record.Text("name"), "v=spf1 -all", record.Text("value").ToUpperInvariant());
        var wrong = await client.VerifyAsync(domain);
        Assert.Equal(("pending", "wrong_value", 2), (wrong.Text("status"), wrong.Text("lastError"), wrong.GetProperty("failureCount").GetInt32()));
        Assert.Equal(["v=spf1 -all", record.Text("value").ToUpperInvariant()], wrong.GetProperty("foundValues").EnumerateArray().Select(value => value.GetString()));
        apps.Names.SetTxt(record.Text("name"), new string('x', 300), record.Text("value"), new string('y', 300));
        var before = apps.Names.TcpQuestions;
        var verified = await client.VerifyAsync(domain);

        Assert.Equal(("verified", 0, 0), (verified.Text("status"), verified.GetProperty("failureCount").GetInt32(), verified.GetProperty("foundValues").GetArrayLength()));
        Assert.True(apps.Names.TcpQuestions > before, "an answer that is cut off is asked for by TCP");
        Assert.Equal(verified.GetProperty("verifiedAt").GetDateTimeOffset().AddDays(1), verified.GetProperty("nextCheckAt").GetDateTimeOffset());
        Assert.Equal(["domain.added", "domain.verified"], await EventsAsync(database, domain));
    }

    [Fact]
    public async Task Verify_Alias_IsFollowed()
    {
        var client = await ClientAsync(Db.Sqlite);
        var (domain, target) = (await client.AddAsync(DomainClient.NewName()), DomainClient.NewName());
        apps.Names.SetAlias(domain.GetProperty("verification").Text("name"), target);
        apps.Names.SetTxt(target, domain.GetProperty("verification").Text("value"));
        Assert.Equal("verified", (await client.VerifyAsync(domain)).Text("status"));

        var circle = await client.AddAsync(DomainClient.NewName());
        apps.Names.SetAlias(circle.GetProperty("verification").Text("name"), circle.GetProperty("verification").Text("name"));
        Assert.Equal("dns_error", (await client.VerifyAsync(circle)).Text("lastError"));
        apps.Names.SetTxt(circle.GetProperty("verification").Text("name"));
        Assert.Equal("no_record", (await client.VerifyAsync(circle)).Text("lastError"));
    }

    [Fact]
    public async Task Verify_NameServerDown_IsToldApart()
    {
        await using var names = new NameServer { IsSilent = true };
        await using var app = await PlatformApp.StartAsync(settings: [.. OrganizationApps.Unlimited, ("Domains:Resolvers:0", names.Address), ("Domains:TimeoutSeconds", "1")]);
        var client = new DomainClient(await app.CreateUserAsync(), names);
        var domain = await client.AddAsync(DomainClient.NewName());
        Assert.Equal("dns_timeout", (await client.VerifyAsync(domain)).Text("lastError"));
        (names.IsSilent, names.Fails) = (false, true);
        Assert.Equal("dns_error", (await client.VerifyAsync(domain)).Text("lastError"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verify_MoreThanSixTimesAMinute_IsRefused(Db database)
    {
        var client = await ClientAsync(database);
        var domain = await client.AddAsync(DomainClient.NewName());
        for (var i = 0; i < 6; i++)
            await client.VerifyAsync(domain);
        var refused = await client.ChangeAsync(domain, new { verify = true });
        refused.AssertRefused(429, "rate_limited");
        Assert.InRange(int.Parse(refused.Message.Headers.GetValues("Retry-After").Single()), 1, 60);
        Assert.Equal(6, (await client.GetAsync(domain)).GetProperty("failureCount").GetInt32());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Pending_IsLookedAtLessOften_AndFailsAfterAWeek(Db database)
    {
        var client = await ClientAsync(database);
        var domain = await client.AddAsync(DomainClient.NewName());
        await DomainClient.CheckLaterAsync(apps[database], domain, TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromMinutes(5), Interval(await client.GetAsync(domain)));
        await DomainClient.CheckLaterAsync(apps[database], domain, TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(1), Interval(await client.GetAsync(domain)));
        await DomainClient.CheckLaterAsync(apps[database], domain, TimeSpan.FromDays(7));
        var failed = await client.GetAsync(domain);
        Assert.Equal(("failed", JsonValueKind.Null), (failed.Text("status"), failed.GetProperty("nextCheckAt").ValueKind));

        Assert.Equal(("pending", TimeSpan.FromMinutes(5)), (await client.VerifyAsync(domain)) is var asked ? (asked.Text("status"), Interval(asked)) : default);
        client.Publish(domain);
        Assert.Equal("verified", (await client.VerifyAsync(domain)).Text("status"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verified_LosesItsRecord_FailsAfterThreeDays_AndTheOwnerIsTold(Db database)
    {
        var client = await ClientAsync(database);
        var domain = await client.AddVerifiedAsync(DomainClient.NewName());
        _ = (await client.ChangeAsync(domain, new { isPrimary = true })).Data;
        apps.Names.Forget(domain.GetProperty("verification").Text("name"));
        for (var day = 1; day <= 2; day++)
        {
            await DomainClient.CheckLaterAsync(apps[database], domain, TimeSpan.FromDays(1));
            Assert.Equal(("verified", day), (await client.GetAsync(domain)) is var row ? (row.Text("status"), row.GetProperty("failureCount").GetInt32()) : default);
        }

        await DomainClient.CheckLaterAsync(apps[database], domain, TimeSpan.FromDays(1));
        var failed = await client.GetAsync(domain);
        Assert.Equal(("failed", "nxdomain", false), (failed.Text("status"), failed.Text("lastError"), failed.GetProperty("isPrimary").GetBoolean()));
        await Until.TrueAsync(
            () => apps[database].AskAsync(db => db.Set<Notification>().AnyAsync(told => told.UserId == client.User.Id && told.RelatedEntityId == domain.Text("id"))), "the owner is told");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verify_VerifiedElsewhere_ChangesHandsOnlyWhenTheOtherRecordIsGone(Db database)
    {
        var (first, second, name) = (await ClientAsync(database), await ClientAsync(database), DomainClient.NewName());
        var theirs = await first.AddVerifiedAsync(name);
        var ours = await second.AddAsync(name);
        second.Publish(theirs, ours);
        var refused = await second.VerifyAsync(ours);
        Assert.Equal(("failed", "claimed_elsewhere"), (refused.Text("status"), refused.Text("lastError")));
        Assert.Equal("verified", (await first.GetAsync(theirs)).Text("status"));

        second.Publish(ours);
        Assert.Equal("verified", (await second.VerifyAsync(ours)).Text("status"));
        var lost = await first.GetAsync(theirs);
        Assert.Equal(("failed", "wrong_value", 0), (lost.Text("status"), lost.Text("lastError"), lost.GetProperty("foundValues").GetArrayLength()));
        Assert.Contains("domain.failed", await EventsAsync(database, theirs));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verify_ByManyOrganizationsAtOnce_HasOneOwner(Db database)
    {
        var name = DomainClient.NewName();
        var claims = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            var client = await ClientAsync(database);
            return (Client: client, Domain: await client.AddAsync(name));
        }));
        claims[0].Client.Publish([.. claims.Select(claim => claim.Domain)]);
        await Task.WhenAll(claims.Select(claim => claim.Client.VerifyAsync(claim.Domain)));
        var states = await apps[database].AskAsync(db => db.Domains.Where(domain => domain.Name == name).Select(domain => domain.Status).ToListAsync());
        Assert.Equal((1, 5), (states.Count(state => state == DomainStatus.Verified), states.Count(state => state == DomainStatus.Failed)));
    }

    private async Task<DomainClient> ClientAsync(Db database) => new(await apps[database].CreateUserAsync(), apps.Names);

    private static TimeSpan Interval(JsonElement domain) => domain.GetProperty("nextCheckAt").GetDateTimeOffset() - domain.GetProperty("lastCheckedAt").GetDateTimeOffset();

    private Task<List<string>> EventsAsync(Db database, JsonElement domain)
    {
        var id = domain.Text("id");
        return apps[database].AskAsync(db => db.Events.Where(stored => stored.AggregateId == id).OrderBy(stored => stored.StoredAt).Select(stored => stored.EventType).ToListAsync());
    }
}
