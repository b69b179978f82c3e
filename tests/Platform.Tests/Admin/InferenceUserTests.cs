using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>Users as the inference family administers them.</summary>
public sealed class InferenceUserTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task CreateReadUpdate_FollowTheRow(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (_, made) = await op.Client.CallAsync(HttpMethod.Post, "/users", new { email = "Ada@Example.com", password = "Passw0rd-9", first_name = "Ada", last_name = " Byron " }, HttpStatusCode.Created);
        Assert.Equal(("ada@example.com", "ada@example.com", "user", "Ada", "Byron"), (made.Text("username"), made.Text("email"), made.Text("role"), made.Text("first_name"), made.Text("last_name")));
        Assert.Equal(
            ["created_at", "email", "first_name", "id", "last_name", "organization_id", "organization_name", "organization_role", "organization_slug", "role", "updated_at", "username"],
            made.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(JsonValueKind.Null, made.GetProperty("organization_id").ValueKind);

        var path = $"/users/{made.Text("id")}";
        var organization = Assert.Single((await op.Client.GetAsync(path, HttpStatusCode.OK)).Body.GetProperty("organizations").EnumerateArray());
        Assert.Equal(("Ada Byron", "owner"), (organization.Text("name"), organization.Text("role")));   // the display name is made of the two

        var (_, changed) = await op.Client.CallAsync(HttpMethod.Put, path, new { email = "ada@example.org", last_name = " ", role = (string?)null }, HttpStatusCode.OK);
        Assert.Equal(("ada@example.org", "ada@example.org", JsonValueKind.Null), (changed.Text("username"), changed.Text("email"), changed.GetProperty("last_name").ValueKind));   // the name follows the address
        Assert.Equal("Ada", changed.Text("first_name"));
        Assert.Equal(["ada@example.org", "operator"], (await op.Client.GetAsync("/users", HttpStatusCode.OK)).Body.EnumerateArray().Select(user => user.Text("username")));
    }

    [Fact]
    public async Task Refusals_HaveTheFamilysWords()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        await RefusedAsync(HttpMethod.Post, "/users", new { password = "Passw0rd-9" }, 400, "invalid_request", "email_required");
        await RefusedAsync(HttpMethod.Post, "/users", new { email = "a@example.com", password = "short" }, 400, "invalid_password", "password_too_short");
        await RefusedAsync(HttpMethod.Post, "/users", new { email = "a@example.com", password = "alllowercase" }, 400, "invalid_password", "password_too_weak");
        await RefusedAsync(HttpMethod.Post, "/users", new { email = "a@example.com", password = "Passw0rd-9", role = "root" }, 400, "invalid_role", "invalid_role");
        await RefusedAsync(HttpMethod.Post, "/users", new { email = user.Email, password = "Passw0rd-9" }, 409, "email_already_exists", "email_already_exists");
        await RefusedAsync(HttpMethod.Post, "/users", new { email = "a@example.com", username = user.Username, password = "Passw0rd-9" }, 409, "username_already_exists", "username_already_exists");
        await RefusedAsync(HttpMethod.Post, "/users", new { email = "a@example.com", username = "other@example.com", password = "Passw0rd-9" }, 400, "invalid_request", "username_must_be_own_email");
        await RefusedAsync(HttpMethod.Put, $"/users/{user.Id}", new { username = "operator" }, 409, "username_already_exists", "username_already_exists");
        await RefusedAsync(HttpMethod.Put, $"/users/{user.Id}", new { email = "operator@example.com" }, 409, "email_already_exists", "email_already_exists");
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            await RefusedAsync(method, "/users/no-id", new { }, 400, "invalid_id", "invalid_id");
            await RefusedAsync(method, $"/users/{Guid.CreateVersion7()}", new { }, 404, "not_found", "user_not_found");
            Assert.Equal("admin_required", (await user.Client.CallAsync(method, $"/users/{user.Id}", new { }, HttpStatusCode.Forbidden)).Body.Text("message"));
            await app.Anonymous.CallAsync(method, $"/users/{user.Id}", new { }, HttpStatusCode.Unauthorized);
        }
        foreach (var path in (string[])["/users", "/users/search"])
            await user.Client.GetAsync(path, HttpStatusCode.Forbidden);

        async Task RefusedAsync(HttpMethod method, string path, object body, int status, string error, string message)
        {
            var (_, answer) = await op.Client.CallAsync(method, path, body, (HttpStatusCode)status);
            Assert.Equal((error, message), (answer.Text("error"), answer.Text("message")));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Search_FiltersSortsAndCountsPairs(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (ada, bob, cara) = (await app.CreateUserAsync("ada_x"), await app.CreateUserAsync("bob"), await app.CreateUserAsync("cara"));
        var team = await app.WithDatabaseAsync(async db =>
        {
            var organization = await db.Organizations.SingleAsync(found => found.PersonalUserId == bob.Id);
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = organization.Id, UserId = ada.Id, Role = OrganizationRole.Viewer, JoinedAt = DateTimeOffset.UtcNow });
            db.RemoveRange(await db.Memberships.Where(member => member.UserId == cara.Id).ToListAsync());
            await db.SaveChangesAsync();
            return organization.Id;
        });

        var all = await SearchAsync("");
        Assert.Equal((0, 200, 4, 5), (all.GetProperty("offset").GetInt32(), all.GetProperty("limit").GetInt32(), all.GetProperty("total_count").GetInt32(), all.GetProperty("filtered_count").GetInt32()));
        Assert.Equal(["ada_x", "ada_x", "bob", "cara", "operator"], Names(all));
        Assert.Equal("cara", Names(await SearchAsync("sort_by=organization_name&sort_dir=asc"))[^1]);   // no organization comes last
        Assert.Equal("cara", Names(await SearchAsync("order_by=organization_name&order_dir=desc"))[^1]);
        Assert.Equal(["operator", "cara"], Names(await SearchAsync("sort_dir=desc&limit=2")));
        Assert.Equal(["bob", "cara"], Names(await SearchAsync("sort_by=created_at&offset=3&limit=9")));
        Assert.Equal(["ada_x", "bob"], Names(await SearchAsync($"organization_id={team}")));
        Assert.Equal(["ada_x"], Names(await SearchAsync("organization_role=viewer")));
        Assert.Equal(["ada_x", "ada_x"], Names(await SearchAsync("q=A_X")));
        Assert.Empty(Names(await SearchAsync("q=a%25x")));   // no wildcard
        Assert.Equal((500, 0), (await SearchAsync("limit=9999&offset=-3")) is var clamped ? (clamped.GetProperty("limit").GetInt32(), clamped.GetProperty("offset").GetInt32()) : default);
        foreach (var (query, error) in ((string, string)[])[
            ("sort_by=password_hash", "unknown_sort_field"), ("sort_dir=up", "unknown_sort_dir"), ("organization_id=x", "invalid_id"), ("organization_role=boss", "invalid_role"), ("limit=x", "invalid_request")])
            Assert.Equal(error, (await op.Client.GetAsync($"/users/search?{query}", HttpStatusCode.BadRequest)).Body.Text("error"));

        async Task<JsonElement> SearchAsync(string query) => (await op.Client.GetAsync($"/users/search?{query}", HttpStatusCode.OK)).Body;
        static List<string> Names(JsonElement page) => [.. page.GetProperty("rows").EnumerateArray().Select(row => row.Text("username"))];
    }
}
