using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>Invitations over time: each test has a clock of its own.</summary>
public sealed class InvitationTermTests
{
    private readonly ShiftedClock _clock = new();

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Resend_GivesANewLinkAMinuteLaterTenTimes(Db database)
    {
        await using var app = await StartAsync(database);
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await owner.FoundAsync();
        var sent = (await owner.CallAsync("POST /api/organizations/members/invite", new { email = user.Email, role = "project_viewer" })).Data;
        Assert.Equal((false, "No mail server is configured"), (sent.GetProperty("emailSent").GetBoolean(), sent.Text("emailError")));
        var path = $"POST /api/organizations/members/invite/{sent.Text("id")}";
        var early = await owner.CallAsync(path);
        Assert.Equal(429, early.Refusal.Status);
        Assert.InRange(early.Message.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);

        var tokens = new List<string> { Calls.TokenOf(sent) };
        for (var i = 0; i < 10; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(61));
            tokens.Add(Calls.TokenOf((await owner.CallAsync(path)).Data));
        }
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal((409, "The invitation cannot be sent again"), (await owner.CallAsync(path)).Refusal);
        Assert.Equal(11, tokens.Distinct().Count());
        foreach (var dead in tokens[..^1])
            Assert.Equal((404, "Invitation not found"), (await user.CallAsync($"POST /api/invite/{dead}")).Refusal);
        Assert.Equal(HttpStatusCode.OK, (await user.CallAsync($"POST /api/invite/{tokens[^1]}")).Status);
        Assert.Equal((409, "The invitation has been accepted"), (await owner.CallAsync(path)).Refusal);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Invitation_AfterSevenDays_HasExpiredAndCanBeRenewed(Db database)
    {
        await using var app = await StartAsync(database);
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var sent = (await owner.CallAsync("POST /api/organizations/members/invite", new { email = user.Email, role = "project_viewer" })).Data;
        var token = Calls.TokenOf(sent);
        Assert.Equal(_clock.GetUtcNow().AddDays(7).UtcDateTime, sent.GetProperty("expiresAt").GetDateTime(), TimeSpan.FromMinutes(1));

        _clock.Advance(TimeSpan.FromDays(7));
        (owner, user) = (await app.SignInAgainAsync(owner), await app.SignInAgainAsync(user));
        Assert.Equal((400, "Invitation has expired"), (await app.Anonymous.CallAsync($"GET /api/invite/{token}")).Refusal);
        Assert.Equal((400, "Invitation has expired"), (await user.CallAsync($"POST /api/invite/{token}")).Refusal);
        Assert.Equal("expired", (await owner.CallAsync("GET /api/organizations/members")).Data.GetProperty("invitations")[0].Text("status"));   // before the sweep
        var sweep = app.Services.GetRequiredService<OrganizationSweep>();
        Assert.Equal((1, 0), (await sweep.ExpireInvitationsAsync(default), await sweep.ExpireInvitationsAsync(default)));
        Assert.Equal("expired", (await owner.CallAsync("GET /api/organizations/invitations")).Data[0].Text("status"));

        var renewed = (await owner.CallAsync($"POST /api/organizations/members/invite/{sent.Text("id")}")).Data;
        Assert.Equal("pending", (await owner.CallAsync("GET /api/organizations/invitations")).Data[0].Text("status"));
        Assert.Equal(place.Name, (await user.CallAsync($"POST /api/invite/{Calls.TokenOf(renewed)}")).Data.Text("organizationName"));

        _clock.Advance(TimeSpan.FromDays(89));
        Assert.Equal(0, await sweep.DeleteClosedInvitationsAsync(default));
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await sweep.DeleteClosedInvitationsAsync(default));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Invite_AnExpiredAddressAgain_ClosesTheOldOne(Db database)
    {
        await using var app = await StartAsync(database);
        var owner = await app.CreateUserAsync();
        await owner.FoundAsync();
        var body = new { email = "again@example.com", role = "project_viewer" };
        var first = (await owner.CallAsync("POST /api/organizations/members/invite", body)).Data.Text("id");
        _clock.Advance(TimeSpan.FromDays(8));
        owner = await app.SignInAgainAsync(owner);
        _ = (await owner.CallAsync("POST /api/organizations/members/invite", body)).Data;
        Assert.Equal((400, "A pending invitation already exists for this email"), (await owner.CallAsync($"POST /api/organizations/members/invite/{first}")).Refusal);
        Assert.Equal(["pending", "expired"], (await owner.CallAsync("GET /api/organizations/invitations")).Data.EnumerateArray().Select(row => row.Text("status")));
    }

    [Fact]
    public async Task Invite_OverTheLimits_IsRefused()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("Organizations:MaxOpenInvitations", "2"), ("RateLimit:Limits:invitation", "3")]);
        var owner = await app.CreateUserAsync();
        await owner.FoundAsync();
        var answers = new List<Answer>();
        for (var i = 0; i < 4; i++)
            answers.Add(await owner.CallAsync("POST /api/organizations/members/invite", new { email = $"guest{i}@example.com", role = "project_viewer" }));
        Assert.Equal([200, 200, 409, 429], answers.Select(answer => (int)answer.Status));
        Assert.True(answers[^1].Message.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task Invite_WhenTheMailServerRefuses_GoesOnWithoutMail()
    {
        await using var mail = await SmtpServer.StartAsync();
        await using var app = await PlatformApp.StartAsync(settings: [.. mail.Settings]);
        var owner = await app.CreateUserAsync();
        await owner.FoundAsync();
        var sent = (await owner.CallAsync("POST /api/organizations/members/invite", new { email = "nobody@refused.example", role = "project_viewer" })).Data;
        Assert.Equal((false, "The mail could not be delivered"), (sent.GetProperty("emailSent").GetBoolean(), sent.Text("emailError")));
        Assert.Equal(InvitationEmailStatus.Failed, await app.AskAsync(db => db.Invitations.Select(row => row.EmailStatus).SingleAsync()));
    }

    private Task<PlatformApp> StartAsync(Db database) => PlatformApp.StartAsync(database, services => services.AddSingleton<TimeProvider>(_clock), settings: OrganizationApps.Unlimited);
}
