using System.Net;
using System.Text.Json;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

public sealed class ChecksOrganizationTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Organizations_FromCreationToUpdate_AreShownToTheirMembers(Db database)
    {
        var alice = await apps[database].CreateUserAsync();
        var name = $"  Acme {Guid.NewGuid().ToString("N")[..6]} ";
        var made = await alice.CallAsync("POST /api/organizations", new { name });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var organization = made.Good.GetProperty("organization");
        Assert.Equal(name.Trim(), organization.Text("name"));
        Assert.Equal(name.Trim().ToLowerInvariant().Replace(' ', '-'), organization.Text("slug"));
        Assert.Equal("org_owner", organization.Text("role"));
        Assert.Equal((1, 1), (organization.GetProperty("stats").GetProperty("projectCount").GetInt32(), organization.GetProperty("stats").GetProperty("memberCount").GetInt32()));
        var id = organization.GetProperty("id").GetGuid();

        var list = (await alice.CallAsync("GET /api/organizations")).Data;
        Assert.Equal([id.ToString()], list.EnumerateArray().Where(row => !row.GetProperty("isActive").GetBoolean()).Select(row => row.Text("id")));
        Assert.Equal(2, list.GetArrayLength());

        var changed = (await alice.CallAsync($"PUT /api/organizations/{id}", new { name = "Acme Two", slug = $"Two_{id}", logo = "https://example.com/a.png", metadata = new { tier = "gold" } })).Good.GetProperty("organization");
        Assert.Equal(($"two-{id}", "https://example.com/a.png", "gold"), (changed.Text("slug"), changed.Text("logo"), changed.GetProperty("metadata").Text("tier")));
        var cleared = (await alice.CallAsync($"PUT /api/organizations/{id}", new { name = $"Plain {id}", slug = "", logo = "" })).Good.GetProperty("organization");
        Assert.Equal(($"plain-{id}", JsonValueKind.Null, "gold"), (cleared.Text("slug"), cleared.GetProperty("logo").ValueKind, cleared.GetProperty("metadata").Text("tier")));
        Assert.Equal($"Plain {id}", (await alice.CallAsync($"GET /api/organizations/{id}")).Good.GetProperty("organization").Text("name"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Organizations_SameNameTwice_GetSlugsOfTheirOwn(Db database)
    {
        var alice = await apps[database].CreateUserAsync();
        var name = $"Twin {Guid.NewGuid():N}"[..20];
        var slugs = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => alice.CallAsync("POST /api/organizations", new { name })));
        Assert.Equal(5, slugs.Select(made => made.Good.GetProperty("organization").Text("slug")).Distinct().Count());

        var taken = slugs[0].Good.GetProperty("organization").Text("slug");
        var other = slugs[1].Good.GetProperty("organization").Text("id");
        Assert.Equal((409, "An organization with this slug already exists"), (await alice.CallAsync($"PUT /api/organizations/{other}", new { name, slug = taken })).Refusal);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":"   x   "}""")]
    [InlineData("""{"name":"has\u0007bell"}""")]
    [InlineData("""{"name":123}""")]
    [InlineData("""{"name":"This name is longer than the fifty characters allowed."}""")]
    [InlineData("""{"name":"twice","name":"twice"}""")]
    public async Task Create_UnacceptableName_Is400(string json)
    {
        var alice = await apps[Db.Sqlite].CreateUserAsync();
        using var body = new StringContent(json, null, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.Client.PostAsync("/api/organizations", body)).StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"ok","logo":"javascript:alert(1)"}""")]
    [InlineData("""{"name":"ok","metadata":[1]}""")]
    [InlineData("""{"name":"ok","slug":5}""")]
    [InlineData("""{"slug":"no-name"}""")]
    public async Task Update_UnacceptableBody_Is400(string json)
    {
        var alice = await apps[Db.Sqlite].CreateUserAsync();
        var place = await alice.FoundAsync();
        using var body = new StringContent(json, null, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.Client.PutAsync($"/api/organizations/{place.Id}", body)).StatusCode);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_MetadataOfAnySort_IsKeptAsItIs(Db database)
    {
        var alice = await apps[database].CreateUserAsync();
        var place = await alice.FoundAsync();
        using var body = new StringContent("""{"name":"Odd","metadata":{"b":1e999999,"a":"\u00e9","nested":{"x":[null,true]}}}""", null, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await alice.Client.PutAsync($"/api/organizations/{place.Id}", body)).StatusCode);
        var shown = (await alice.CallAsync($"GET /api/organizations/{place.Id}")).Good.GetProperty("organization").GetProperty("metadata");
        Assert.Equal(("1e999999", "é"), (shown.GetProperty("b").GetRawText(), shown.Text("a")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Organizations_OfOthers_AreNotFound(Db database)
    {
        var (alice, mallory) = (await apps[database].CreateUserAsync(), await apps[database].CreateUserAsync());
        var place = await alice.FoundAsync();
        foreach (var call in new[] { $"GET /api/organizations/{place.Id}", $"PUT /api/organizations/{place.Id}", $"DELETE /api/organizations/{place.Id}", $"GET /api/organizations/{Guid.NewGuid()}", "GET /api/organizations/not-an-id" })
            Assert.Equal((404, "Organization not found"), (await mallory.CallAsync(call, new { name = "Mine now" })).Refusal);
        Assert.Equal((404, "Organization not found"), (await mallory.CallAsync($"GET /api/projects?organizationId={place.Id}")).Refusal);
        Assert.Equal((404, "Organization not found"), (await mallory.CallAsync("POST /api/projects", new { name = "Mine", organizationId = place.Id })).Refusal);
        Assert.DoesNotContain(place.Id.ToString(), (await mallory.CallAsync("GET /api/organizations")).Body.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Organizations_WithoutTheRole_AreRefused(Db database)
    {
        var app = apps[database];
        var (owner, admin, viewer) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        await admin.JoinAsync(owner, "org_admin");
        await viewer.JoinAsync(owner, "project_viewer");

        foreach (var call in new[] { "GET /api/organizations/current", "GET /api/organizations/stats", "GET /api/organizations/members", "GET /api/organizations/invitations", $"PUT /api/organizations/{place.Id}", $"GET /api/projects/members/{owner.Id}" })
            Assert.Equal((403, "Insufficient permissions"), (await viewer.CallAsync(call, new { name = "No right" })).Refusal);
        foreach (var user in new[] { admin, viewer })
            Assert.Equal((403, "Only organization owners can delete organizations"), (await user.CallAsync($"DELETE /api/organizations/{place.Id}")).Refusal);

        Assert.Equal("project_viewer", (await viewer.CallAsync($"GET /api/organizations/{place.Id}")).Good.GetProperty("organization").Text("role"));
        Assert.Equal(place.Name, (await admin.CallAsync("GET /api/organizations/current")).Data.Text("name"));
        var stats = (await admin.CallAsync("GET /api/organizations/stats")).Data;
        Assert.Equal((1, 3, 0, 0, 0, 0), (Count("projects"), Count("members"), Count("jobs"), Count("tests"), Count("monitors"), Count("runs")));
        Assert.Equal(HttpStatusCode.OK, (await admin.CallAsync($"PUT /api/organizations/{place.Id}", new { name = "Renamed" })).Status);

        int Count(string what) => stats.GetProperty(what).GetInt32();
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Personal_CannotBeDeletedOrLeft(Db database)
    {
        var alice = await apps[database].CreateUserAsync();
        var personal = (await alice.CallAsync("GET /api/organizations/current")).Data.Text("id");
        Assert.Equal((409, "A personal organization stays with its person"), (await alice.CallAsync($"DELETE /api/organizations/{personal}")).Refusal);
        Assert.Equal((409, "conflict", "last_owner_cannot_be_removed"), (await alice.CallAsync("POST /organizations/current/leave")).Words);
        Assert.Equal((409, "conflict", "last_owner_cannot_be_changed"), (await alice.CallAsync($"PUT /organizations/current/members/{alice.Id}", new { role = "admin" })).Words);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_OverTheLimitOrSwitchedOff_Is403AndAlso409InInference(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: [.. OrganizationApps.Unlimited, ("Organizations:MaxOwnedPerUser", "2")]);
        var alice = await app.CreateUserAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => alice.CallAsync("POST /api/organizations", new { name = $"Limited {i}" })));
        Assert.Equal(2, made.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(made.Where(answer => answer.Status != HttpStatusCode.Created), answer => Assert.Equal((403, "You own as many organizations as are allowed"), answer.Refusal));
        Assert.Equal((409, "organization_limit_reached", "organization_limit_reached"), (await alice.CallAsync("POST /organizations", new { name = "Third" })).Words);

        await using var closed = await PlatformApp.StartAsync(settings: ("Organizations:CreationEnabled", "false"));
        var bob = await closed.CreateUserAsync();
        Assert.Equal((403, "Manual organization creation is not allowed"), (await bob.CallAsync("POST /api/organizations", new { name = "Closed" })).Refusal);
        Assert.Equal((403, "forbidden", "organization_creation_disabled"), (await bob.CallAsync("POST /organizations", new { name = "Closed" })).Words);
    }

    [Fact]
    public async Task EveryRoute_WithoutACredential_Is401()
    {
        var id = Guid.NewGuid();
        string[] routes =
        [
            "GET /api/organizations", "POST /api/organizations", $"GET /api/organizations/{id}", $"PUT /api/organizations/{id}", $"DELETE /api/organizations/{id}", "GET /api/organizations/current",
            "GET /api/organizations/members", $"PUT /api/organizations/members/{id}", $"DELETE /api/organizations/members/{id}", "POST /api/organizations/members/invite",
            $"POST /api/organizations/members/invite/{id}", $"DELETE /api/organizations/members/invite/{id}", "GET /api/organizations/invitations", "GET /api/organizations/stats", "GET /api/projects",
            "POST /api/projects", $"GET /api/projects/{id}", $"PUT /api/projects/{id}", $"DELETE /api/projects/{id}", "POST /api/projects/switch", $"GET /api/projects/members/{id}",
            $"GET /api/projects/{id}/members", $"POST /api/projects/{id}/members", $"PUT /api/projects/{id}/members", $"DELETE /api/projects/{id}/members", "POST /api/invite/token",
        ];
        foreach (var route in routes)
            Assert.Equal((401, "Authentication required"), (await apps[Db.Sqlite].Anonymous.CallAsync(route, new { })).Refusal);
        foreach (var route in new[] { "GET /organizations", "POST /organizations", "PUT /organizations/current", "GET /organizations/current/members", $"PUT /organizations/current/members/{id}", $"DELETE /organizations/current/members/{id}", "POST /organizations/current/leave" })
            Assert.Equal((401, "unauthorized"), (await apps[Db.Sqlite].Anonymous.CallAsync(route, new { })).Refusal);
    }

    [Fact]
    public async Task Create_WithAnIdempotencyKey_MakesOne()
    {
        var alice = await apps[Db.Sqlite].CreateUserAsync();
        var first = await alice.CallAsync("POST /api/organizations", new { name = "Once only" }, ("Idempotency-Key", "one"));
        var again = await alice.CallAsync("POST /api/organizations", new { name = "Once only" }, ("Idempotency-Key", "one"));
        Assert.Equal(first.Good.GetProperty("organization").Text("id"), again.Good.GetProperty("organization").Text("id"));
        Assert.Equal(409, (await alice.CallAsync("POST /api/organizations", new { name = "Other" }, ("Idempotency-Key", "one"))).Refusal.Status);
    }
}
