using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

public sealed class InferenceOrganizationTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Organizations_CreateListSwitch_RenewTheSession(Db database)
    {
        var app = apps[database];
        var alice = await app.CreateUserAsync();
        var quiet = (await alice.CallAsync("POST /organizations", new { name = "Quiet one", set_as_current = false })).Good;
        Assert.Equal(("owner", 1, false, false), (quiet.Text("role"), quiet.GetProperty("member_count").GetInt32(), quiet.GetProperty("is_personal").GetBoolean(), quiet.GetProperty("is_current").GetBoolean()));

        var loud = await alice.CallAsync("POST /organizations", new { name = "Loud one", slug = $"Loud {alice.Username}" });
        Assert.Equal(($"loud-{alice.Username}", true), (loud.Good.Text("slug"), loud.Good.GetProperty("is_current").GetBoolean()));
        Assert.Equal(401, (await alice.CallAsync("GET /organizations")).Refusal.Status);   // the old token is dead
        var token = CookieOf(loud, "access_token");
        using var client = app.Client(headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", token));

        var rows = (await client.CallAsync("GET /organizations")).Good;
        Assert.Equal(["Loud one", "Quiet one", alice.Username], rows.EnumerateArray().Select(row => row.Text("name")));
        Assert.Equal([true, false, false], rows.EnumerateArray().Select(row => row.GetProperty("is_current").GetBoolean()));
        Assert.True(rows[2].GetProperty("is_personal").GetBoolean());

        var switched = await client.CallAsync("PUT /organizations/current", new { organization_id = quiet.Text("id") });
        Assert.Equal(("ok", quiet.Text("id"), "owner"), (switched.Good.Text("status"), switched.Good.Text("current_organization_id"), switched.Good.Text("current_organization_role")));
        Assert.Equal(401, (await client.CallAsync("GET /organizations")).Refusal.Status);
        var csrf = CookieOf(switched, "csrf_token");
        using var browser = app.Client(headers => headers.Add("Cookie", $"access_token={CookieOf(switched, "access_token")}; csrf_token={csrf}"));
        Assert.Equal((403, "forbidden", "csrf_failed"), (await browser.CallAsync("PUT /organizations/current", new { })).Words);
        var home = await browser.CallAsync("PUT /organizations/current", new { organization_id = (string?)null }, ("X-CSRF-Token", csrf));
        Assert.Equal(rows[2].Text("id"), home.Good.Text("current_organization_id"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Organizations_BadRequests_AreRefusedInTheFamilysWords(Db database)
    {
        var (alice, bob) = (await apps[database].CreateUserAsync(), await apps[database].CreateUserAsync());
        var place = await bob.FoundAsync();
        foreach (var body in new object[] { new { }, new { name = "" }, new { name = "  " }, new { name = (string?)null } })
            Assert.Equal((400, "invalid_request", "name_required"), (await alice.CallAsync("POST /organizations", body)).Words);
        Assert.Equal((400, "invalid_request"), (await alice.CallAsync("POST /organizations", new { name = new string('x', 121) })).Refusal);
        Assert.Equal((400, "invalid_request"), (await alice.CallAsync("POST /organizations", new { name = "ok", set_as_current = "yes" })).Refusal);
        Assert.Equal((409, "conflict", "organization_slug_already_exists"), (await alice.CallAsync("POST /organizations", new { name = "ok", slug = place.Slug })).Words);
        Assert.Equal((404, "not_found", "organization_not_found"), (await alice.CallAsync("PUT /organizations/current", new { organization_id = place.Id })).Words);
        Assert.Equal((400, "invalid_request"), (await alice.CallAsync("PUT /organizations/current", new { organization_id = "nonsense" })).Refusal);
        using var broken = new StringContent("{", null, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.Client.PostAsync("/organizations", broken)).StatusCode);
        Assert.Matches("^org-[0-9a-f]{8}$", (await alice.CallAsync("POST /organizations", new { name = "組織", set_as_current = false })).Good.Text("slug"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Members_RolesAndRemovals_FollowTheRules(Db database)
    {
        var app = apps[database];
        var (owner, admin, second, viewer) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await owner.FoundAsync();
        await admin.JoinAsync(owner, "org_admin");
        await second.JoinAsync(owner, "org_admin");
        await viewer.JoinAsync(owner, "project_viewer");
        Assert.Equal(["owner", "admin", "admin", "viewer"], (await viewer.CallAsync("GET /organizations/current/members")).Good.EnumerateArray().Select(row => row.Text("role")));

        const string members = "/organizations/current/members";
        Assert.Equal((403, "role_change_not_allowed"), (await SetAsync(viewer, viewer, "admin")).Refusal);
        Assert.Equal((403, "role_change_not_allowed"), (await SetAsync(admin, owner, "member")).Refusal);
        Assert.Equal((403, "role_change_not_allowed"), (await SetAsync(admin, second, "member")).Refusal);
        Assert.Equal((403, "role_change_not_allowed"), (await SetAsync(admin, viewer, "admin")).Refusal);
        Assert.Equal((403, "role_change_not_allowed"), (await SetAsync(admin, admin, "member")).Refusal);
        Assert.Equal((400, "invalid_role"), (await SetAsync(owner, viewer, "king")).Refusal);
        Assert.Equal((400, "invalid_request", "role_required"), (await owner.CallAsync($"PUT {members}/{viewer.Id}", new { })).Words);
        Assert.Equal((400, "invalid_id"), (await owner.CallAsync($"PUT {members}/nobody", new { role = "member" })).Refusal);
        Assert.Equal((400, "invalid_id"), (await owner.CallAsync($"DELETE {members}/nobody")).Refusal);
        Assert.Equal((404, "member_not_found"), (await owner.CallAsync($"PUT {members}/{Guid.NewGuid()}", new { role = "member" })).Refusal);
        Assert.Equal((404, "member_not_found"), (await owner.CallAsync($"DELETE {members}/{Guid.NewGuid()}")).Refusal);
        Assert.Equal((403, "member_remove_not_allowed"), (await admin.CallAsync($"DELETE {members}/{owner.Id}")).Refusal);
        Assert.Equal((403, "member_remove_not_allowed"), (await admin.CallAsync($"DELETE {members}/{second.Id}")).Refusal);
        Assert.Equal((403, "member_remove_not_allowed"), (await viewer.CallAsync($"DELETE {members}/{admin.Id}")).Refusal);
        Assert.Equal((409, "conflict", "last_owner_cannot_be_changed"), (await SetAsync(owner, owner, "admin")).Words);
        Assert.Equal((409, "conflict", "last_owner_cannot_be_removed"), (await owner.CallAsync($"DELETE {members}/{owner.Id}")).Words);
        Assert.Equal((409, "conflict", "last_owner_cannot_be_removed"), (await owner.CallAsync("POST /organizations/current/leave")).Words);

        foreach (var word in new[] { "user", "manager", "member" })
            Assert.Equal(("ok", "member", viewer.Id.ToString()), Words((await SetAsync(admin, viewer, word)).Good));
        Assert.Equal("owner", (await SetAsync(owner, second, "owner")).Good.Text("role"));
        Assert.Equal("admin", (await SetAsync(owner, owner, "admin")).Good.Text("role"));   // steps down while another owner stays
        Assert.Equal("ok", (await second.CallAsync($"DELETE {members}/{owner.Id}")).Good.Text("status"));
        Assert.Equal("ok", (await viewer.CallAsync($"DELETE {members}/{viewer.Id}")).Good.Text("status"));   // himself, without any right
        Assert.Equal(2, (await second.CallAsync($"GET {members}")).Good.GetArrayLength());

        var home = await admin.CallAsync("POST /organizations/current/leave");
        Assert.Equal(("ok", CookieOf(home, "access_token")), (home.Good.Text("status"), home.Good.Text("access_token")));
        Assert.Equal(401, (await admin.CallAsync("GET /organizations")).Refusal.Status);
        using var client = app.Client(headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", home.Good.Text("access_token")));
        Assert.Equal(home.Good.Text("current_organization_id"), (await client.CallAsync("GET /organizations")).Good.EnumerateArray().Single(row => row.GetProperty("is_current").GetBoolean()).Text("id"));

        static (string, string, string) Words(JsonElement answer) => (answer.Text("status"), answer.Text("role"), answer.Text("member_user_id"));
    }

    private static Task<Answer> SetAsync(TestUser actor, TestUser member, string role) => actor.CallAsync($"PUT /organizations/current/members/{member.Id}", new { role });

    private static string CookieOf(Answer answer, string name) =>
        answer.Message.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal)).Split(';')[0].Split('=', 2)[1];
}
