using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>The team as the delivery family shows it, through HTTP.</summary>
public sealed class DeliveryTeamTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task List_MembersAndInvitations_FiltersAndSorts(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var role = await team.RoleAsync("release", ["builds:read"]);
        _ = (await team.AssignAsync(team.Owner, team.Viewer, role)).Good;
        _ = (await team.Admin.CallAsync("POST /api/team/members", new { email = "Waiting@Example.com", role = "viewer", customRoleIds = new[] { role }, message = "Hello" })).Good;

        var all = await team.Viewer.CallAsync("GET /api/team/members");
        Assert.Equal(5, all.Body.GetProperty("total").GetInt32());
        var pending = all.Data.EnumerateArray().Single(row => row.Text("status") == "pending");
        Assert.Equal(("waiting@example.com", "viewer", team.Admin.Id), (pending.Text("email"), pending.Text("role"), pending.GetProperty("invitedBy").GetGuid()));
        Assert.Equal("release", pending.GetProperty("customRoles")[0].Text("name"));
        Assert.Equal(0, pending.GetProperty("invitation").GetProperty("resentCount").GetInt32());
        Assert.Equal("sent", pending.GetProperty("invitation").Text("emailStatus"));
        Assert.DoesNotContain("token", all.Body.ToString(), StringComparison.OrdinalIgnoreCase);

        Assert.Equal(["owner", "admin", "member", "viewer", "viewer"], await ColumnAsync("sort=role", "role"));
        Assert.Equal(["viewer", "viewer", "member", "admin", "owner"], await ColumnAsync("sort=-role", "role"));
        Assert.Equal([team.Owner, team.Admin, team.Member, team.Viewer], (await ColumnAsync("status=active&sort=joinedAt", "userId")).Select(id => new[] { team.Owner, team.Admin, team.Member, team.Viewer }.Single(user => user.Id.ToString() == id)));
        Assert.Equal(["waiting@example.com"], await ColumnAsync("status=pending", "email"));
        Assert.Equal([team.Member.Email], await ColumnAsync($"search={team.Member.Username.ToUpperInvariant()}", "email"));
        Assert.Equal([team.Admin.Email], await ColumnAsync("role=admin", "email"));
        Assert.Equal(new[] { "waiting@example.com", team.Viewer.Email }.Order(), (await ColumnAsync($"customRoleId={role}", "email")).Order());
        Assert.Equal(2, (await ColumnAsync("limit=2&offset=3", "id")).Length);
        foreach (var bad in new[] { "limit=0", "limit=201", "offset=-1", "sort=size", "status=gone", "role=king", "customRoleId=x" })
            (await team.Viewer.CallAsync($"GET /api/team/members?{bad}")).AssertRefused(400, "validation_failed");

        async Task<string[]> ColumnAsync(string query, string column) =>
            [.. (await team.Viewer.CallAsync($"GET /api/team/members?{query}")).Data.EnumerateArray().Select(row => row.Text(column))];
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Get_OneMemberOrMe_ShowsWhatHeMayDo(Db database)
    {
        var (team, other) = (await TestTeam.FormAsync(apps[database]), await TestTeam.FormAsync(apps[database]));
        var me = (await team.Viewer.CallAsync("GET /api/team/members/me")).Data;
        Assert.Equal((team.Viewer.Id, "viewer", "active"), (me.GetProperty("userId").GetGuid(), me.Text("role"), me.Text("status")));
        var permissions = me.GetProperty("effectivePermissions").EnumerateArray().Select(item => item.GetString()!).ToList();
        Assert.Contains("builds:read", permissions);
        Assert.DoesNotContain("builds:create", permissions);
        Assert.Equal(team.Place.Project, me.GetProperty("projects")[0].GetProperty("id").GetGuid());
        await team.Viewer.CallAsync("POST /api/dev/tokens", new { name = "mine", scopes = new[] { "builds:read" }, expiresInDays = 1 });
        var seen = (await team.Owner.CallAsync($"GET /api/team/members/{me.Text("id")}")).Data;
        Assert.Equal((me.Text("id"), 1), (seen.Text("id"), seen.GetProperty("tokenCount").GetInt32()));
        Assert.Equal(0, me.GetProperty("tokenCount").GetInt32());
        var owner = (await team.Viewer.CallAsync($"GET /api/team/members/{await team.MembershipAsync(team.Owner)}")).Data;
        Assert.False(owner.TryGetProperty("tokenCount", out _));
        foreach (var id in new[] { await other.MembershipAsync(other.Viewer), Guid.CreateVersion7().ToString(), "x", team.Viewer.Id.ToString() })
            (await team.Owner.CallAsync($"GET /api/team/members/{id}")).AssertRefused(404, "not_found");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Invite_AndAccept_MakesAMemberWithHisRoles(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        var (guest, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var role = await team.RoleAsync("release", ["builds:read"]);
        var invited = await team.Admin.CallAsync("POST /api/team/members", new { email = guest.Email.ToUpperInvariant(), customRoleIds = new[] { role }, projectId = team.Place.Project });
        Assert.Equal((HttpStatusCode.Created, "pending", "member"), (invited.Status, invited.Data.Text("status"), invited.Data.Text("role")));
        var token = invited.Data.Text("inviteUrl").Split('/')[^1];
        (await team.Admin.CallAsync("POST /api/team/members", new { email = guest.Email })).AssertRefused(409, "already_invited");
        (await team.Admin.CallAsync("POST /api/team/members", new { email = team.Member.Email })).AssertRefused(409, "already_member");
        (await stranger.CallAsync($"POST /api/team/invitations/{token}/accept")).AssertRefused(403, "wrong_account");
        (await stranger.CallAsync("POST /api/team/invitations/nothing/accept")).AssertRefused(404, "not_found");

        var joined = (await guest.CallAsync($"POST /api/team/invitations/{token}/accept")).Data;
        Assert.Equal((team.Place.Id, team.Place.Name), (joined.GetProperty("organization").GetProperty("id").GetGuid(), joined.GetProperty("organization").Text("name")));
        var member = joined.GetProperty("member");
        Assert.Equal(("active", "member", guest.Id, team.Admin.Id), (member.Text("status"), member.Text("role"), member.GetProperty("userId").GetGuid(), member.GetProperty("invitedBy").GetGuid()));
        Assert.Equal((role, team.Place.Project), (member.GetProperty("customRoles")[0].GetProperty("roleId").GetGuid(), member.GetProperty("customRoles")[0].GetProperty("projectId").GetGuid()));
        (await guest.CallAsync($"POST /api/team/invitations/{token}/accept")).AssertRefused(410, "invitation_used");
        var events = await app.AskAsync(db => db.Events.Where(raised => raised.EventType == "team.member.added" && raised.OrganizationId == team.Place.Id).Select(raised => raised.Payload).ToListAsync());
        Assert.Single(events, payload => payload.Contains(guest.Id.ToString(), StringComparison.Ordinal));
        Assert.Contains(await team.AuditAsync("team.join"), entry => entry.ActorId == guest.Id && entry.Outcome == AuditOutcome.Success);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Accept_ByAMember_UsesTheLinkUp(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        var guest = await app.CreateUserAsync();
        var token = (await team.Owner.CallAsync("POST /api/team/members", new { email = guest.Email, role = "admin" })).Data.Text("inviteUrl").Split('/')[^1];
        await app.AskAsync(db =>
        {
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = team.Place.Id, UserId = guest.Id, Role = OrganizationRole.Viewer, JoinedAt = DateTimeOffset.UtcNow });
            return db.SaveChangesAsync();
        });
        Assert.Equal("viewer", (await guest.CallAsync($"POST /api/team/invitations/{token}/accept")).Data.GetProperty("member").Text("role"));
        (await guest.CallAsync($"POST /api/team/invitations/{token}/accept")).AssertRefused(410, "invitation_used");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Invite_ByOneWhoLostTheRight_JoinsAsViewer(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var guest = await apps[database].CreateUserAsync();
        var role = await team.RoleAsync("release", ["builds:read"]);
        var invited = (await team.Admin.CallAsync("POST /api/team/members", new { email = guest.Email, role = "member", customRoleIds = new[] { role } })).Data;
        _ = (await team.AssignAsync(team.Owner, team.Admin, TestTeam.IdOf(OrganizationRole.Viewer))).Good;
        var member = (await guest.CallAsync($"POST /api/team/invitations/{invited.Text("inviteUrl").Split('/')[^1]}/accept")).Data.GetProperty("member");
        Assert.Equal(("viewer", 0), (member.Text("role"), member.GetProperty("customRoles").GetArrayLength()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Invite_Several_AnswersEachByItself(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var emails = new[] { "one@example.com", "not an address", team.Member.Email, "ONE@example.com", "two@example.com" };
        var answer = await team.Admin.CallAsync("POST /api/team/members", new { emails, role = "viewer" });
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var results = answer.Data.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(emails, results.Select(row => row.Text("email")));
        Assert.Equal([null, "validation_failed", "already_member", "already_invited", null], results.Select(row => row.GetProperty("code").GetString()));
        Assert.All(new[] { results[0], results[4] }, row => Assert.Contains("/invite/", row.GetProperty("member").Text("inviteUrl"), StringComparison.Ordinal));
        Assert.Equal(2, (await team.Viewer.CallAsync("GET /api/team/invitations/pending")).Body.GetProperty("total").GetInt32());
        var entries = (await team.AuditAsync("team.invite")).Where(entry => entry.ActorId == team.Admin.Id).ToList();
        Assert.Equal(2, entries.Count(entry => entry.Outcome == AuditOutcome.Success && entry.ResourceName is not null));
        Assert.Equal(2, entries.Count(entry => entry.Outcome == AuditOutcome.Failed));

        var none = await team.Admin.CallAsync("POST /api/team/members", new { emails = new[] { team.Member.Email } });
        none.AssertRefused(400, "none_sent");
        Assert.Equal("already_member", none.Body.GetProperty("details").GetProperty("results")[0].Text("code"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"email":"a@example.com","emails":["b@example.com"]}""")]
    [InlineData("""{"email":"nonsense"}""")]
    [InlineData("""{"emails":[]}""")]
    [InlineData("""{"email":"a@example.com","role":"king"}""")]
    [InlineData("""{"email":"a@example.com","message":"a\u0000b"}""")]
    [InlineData("""{"email":"a@example.com","message":"line\u000abreak"}""")]
    public async Task Invite_BadInput_Is400(string body)
    {
        var owner = await apps[Db.Sqlite].CreateUserAsync();
        (await owner.CallAsync("POST /api/team/members", JsonSerializer.Deserialize<JsonElement>(body))).AssertRefused(400, "validation_failed");
    }

    [Fact]
    public async Task Invite_WithIdempotencyKey_ShowsTheLinkOnce()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        foreach (var body in new object[] { new { email = "key@example.com" }, new { emails = new[] { "keys@example.com" } } })
        {
            var key = ("Idempotency-Key", Guid.CreateVersion7().ToString());
            Assert.Equal(HttpStatusCode.Created, (await team.Admin.CallAsync("POST /api/team/members", body, key)).Status);
            var again = await team.Admin.CallAsync("POST /api/team/members", body, key);
            again.AssertRefused(409, "completed");
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ChangeRole_OfMembersAndInvitations_Replaces(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        var (first, second) = (await team.RoleAsync("first", ["builds:read"]), await team.RoleAsync("second", ["roles:manage"]));
        var id = await team.MembershipAsync(team.Viewer);
        var changed = (await team.Admin.CallAsync($"PATCH /api/team/members/{id}/role", new { role = "member", customRoleIds = new[] { first, second } })).Data;
        Assert.Equal(("member", 2), (changed.Text("role"), changed.GetProperty("customRoles").GetArrayLength()));
        Assert.Equal(HttpStatusCode.Created, (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "made", permissions = Array.Empty<string>() })).Status);
        changed = (await team.Admin.CallAsync($"PATCH /api/team/members/{id}/role", new { customRoleIds = new[] { first } })).Data;
        Assert.Equal(("member", "first"), (changed.Text("role"), changed.GetProperty("customRoles")[0].Text("name")));
        (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "no", permissions = Array.Empty<string>() })).AssertRefused(403, "forbidden");
        Assert.Equal(2, (await team.AuditAsync("team.role_change")).Count(entry => entry.Outcome == AuditOutcome.Success));

        var invitation = (await team.Admin.CallAsync("POST /api/team/members", new { email = "later@example.com", role = "viewer" })).Data.Text("id");
        var offered = (await team.Admin.CallAsync($"PATCH /api/team/members/{invitation}/role", new { role = "member", customRoleIds = new[] { first } })).Data;
        Assert.Equal(("pending", "member", "first"), (offered.Text("status"), offered.Text("role"), offered.GetProperty("customRoles")[0].Text("name")));
        (await team.Admin.CallAsync($"PATCH /api/team/members/{invitation}/role", new { role = "admin" })).AssertRefused(403, "privilege_escalation");

        (await team.Admin.CallAsync($"PATCH /api/team/members/{id}/role", new { })).AssertRefused(400, "validation_failed");
        (await team.Admin.CallAsync($"PATCH /api/team/members/{id}/role", new { customRoleIds = new[] { Guid.CreateVersion7() } })).AssertRefused(404, "not_found");
        (await team.Member.CallAsync($"PATCH /api/team/members/{id}/role", new { role = 1 })).AssertRefused(403, "forbidden");
        (await team.Member.CallAsync("PATCH /api/team/members/x/role", new { role = 1 })).AssertRefused(404, "not_found");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Remove_MemberInvitationOrOneself_EndsAtOnce(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        _ = (await team.AssignAsync(team.Owner, team.Member, await team.RoleAsync("role", ["builds:read"]))).Good;
        var id = await team.MembershipAsync(team.Member);
        (await team.Viewer.CallAsync($"DELETE /api/team/members/{id}")).AssertRefused(403, "forbidden");
        var removed = (await team.Admin.CallAsync($"DELETE /api/team/members/{id}")).Data;
        Assert.Equal((id, true), (removed.Text("id"), removed.GetProperty("removed").GetBoolean()));
        Assert.DoesNotContain(team.Place.Name, (await team.Member.CallAsync("GET /api/team/members")).Body.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (await team.Member.CallAsync("GET /api/team/members")).Body.GetProperty("total").GetInt32()); // his personal organization
        Assert.Equal(0, await app.AskAsync(db => db.RoleAssignments.CountAsync(row => row.UserId == team.Member.Id)));
        (await team.Admin.CallAsync($"DELETE /api/team/members/{id}")).AssertRefused(404, "not_found");

        Assert.True((await team.Viewer.CallAsync("DELETE /api/team/members/me")).Data.GetProperty("removed").GetBoolean());
        (await team.Viewer.CallAsync("DELETE /api/team/members/me")).AssertRefused(409, "personal_organization");

        var invited = (await team.Admin.CallAsync("POST /api/team/members", new { email = team.Viewer.Email })).Data;
        _ = (await team.Admin.CallAsync($"DELETE /api/team/members/{invited.Text("id")}")).Good;
        (await team.Viewer.CallAsync($"POST /api/team/invitations/{invited.Text("inviteUrl").Split('/')[^1]}/accept")).AssertRefused(410, "invitation_revoked");
        (await team.Admin.CallAsync($"GET /api/team/members/{invited.Text("id")}")).AssertRefused(404, "not_found");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Resend_Invitation_KillsTheOldLinkAndIsLimited(Db database)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(database, configure: services => services.AddSingleton<TimeProvider>(clock), settings: OrganizationApps.Unlimited);
        var (owner, guest) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var invited = (await owner.CallAsync("POST /api/team/members", new { email = guest.Email })).Data;
        Assert.Equal("disabled", invited.GetProperty("invitation").Text("emailStatus"));
        var resend = $"POST /api/team/invitations/{invited.Text("id")}/resend";
        var soon = await owner.CallAsync(resend);
        soon.AssertRefused(429, "rate_limited");
        Assert.NotNull(soon.Message.Headers.RetryAfter);

        var link = "";
        for (var time = 1; time <= 10; time++)
        {
            clock.Advance(TimeSpan.FromSeconds(61));
            var sent = (await owner.CallAsync(resend)).Data;
            Assert.Equal(time, sent.GetProperty("invitation").GetProperty("resentCount").GetInt32());
            link = sent.Text("inviteUrl");
        }
        clock.Advance(TimeSpan.FromSeconds(61));
        (await owner.CallAsync(resend)).AssertRefused(409, "resend_limit");
        (await guest.CallAsync($"POST /api/team/invitations/{invited.Text("inviteUrl").Split('/')[^1]}/accept")).AssertRefused(404, "not_found");
        _ = (await guest.CallAsync($"POST /api/team/invitations/{link.Split('/')[^1]}/accept")).Good;
        (await owner.CallAsync(resend)).AssertRefused(404, "not_found");
        var member = (await owner.CallAsync("GET /api/team/members?status=active&sort=-joinedAt&limit=1")).Data[0].Text("id");
        (await owner.CallAsync($"POST /api/team/invitations/{member}/resend")).AssertRefused(409, "already_accepted");
        (await owner.CallAsync("POST /api/team/invitations/x/resend")).AssertRefused(404, "not_found");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Pending_SentAndReceived_AreSeenByTheRightOnes(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        var guest = await app.CreateUserAsync();
        _ = (await team.Admin.CallAsync("POST /api/team/members", new { email = guest.Email, message = "Join us" })).Good;
        Assert.Equal(guest.Email, Assert.Single((await team.Viewer.CallAsync("GET /api/team/invitations/pending")).Data.EnumerateArray()).Text("email"));
        Assert.Equal(0, (await guest.CallAsync("GET /api/team/invitations/pending?scope=received")).Body.GetProperty("total").GetInt32()); // his address is not verified

        await app.AskAsync(db => db.Users.Where(user => user.Id == guest.Id).ExecuteUpdateAsync(set => set.SetProperty(user => user.EmailVerified, true)));
        var received = await guest.CallAsync("GET /api/team/invitations/pending?scope=received");
        var row = Assert.Single(received.Data.EnumerateArray());
        Assert.Equal((team.Place.Id, team.Place.Name, "Join us", team.Admin.Username), (row.GetProperty("organization").GetProperty("id").GetGuid(), row.GetProperty("organization").Text("name"), row.Text("message"), row.Text("invitedBy")));
        Assert.DoesNotContain("token", received.Body.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, (await guest.CallAsync("GET /api/team/invitations/pending")).Body.GetProperty("total").GetInt32()); // of his own organization
        (await guest.CallAsync("GET /api/team/invitations/pending?scope=other")).AssertRefused(400, "validation_failed");
    }
}
