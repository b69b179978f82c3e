using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

public sealed class ProfileTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    private PlatformApp App => probes.App;

    [Fact]
    public async Task Me_Signed_HasTheContractsFields()
    {
        var user = await App.CreateUserAsync();
        var me = (await user.Client.CallAsync("GET", "/auth/me")).Body;

        Assert.Equal(
            ["current_organization_id", "current_organization_name", "current_organization_role", "current_organization_slug", "email", "first_name", "impersonated_by", "last_name", "role", "user_id", "username"],
            me.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.Equal((user.Id, user.Username, "user", "owner"), (me.GetProperty("user_id").GetGuid(), me.Text("username"), me.Text("role"), me.Text("current_organization_role")));
    }

    [Fact]
    public async Task Update_SomeMembers_LeavesTheOthers()
    {
        var user = await App.CreateUserAsync();
        var email = $"New.{user.Email}";
        var changed = (await user.Client.CallAsync("PUT", "/auth/me", new { username = $"NEW-{user.Username}", email, first_name = "  Ada ", last_name = "Lovelace" })).Body;
        Assert.Equal(($"new-{user.Username}", email.ToLowerInvariant(), "Ada", "Lovelace"), (changed.Text("username"), changed.Text("email"), changed.Text("first_name"), changed.Text("last_name")));

        changed = (await user.Client.CallAsync("PUT", "/auth/me", new { username = (string?)null, email = (string?)null, first_name = (string?)null })).Body;
        Assert.Equal(($"new-{user.Username}", email.ToLowerInvariant(), null, "Lovelace"), (changed.Text("username"), changed.Text("email"), changed.GetProperty("first_name").GetString(), changed.Text("last_name")));
        changed = (await user.Client.CallAsync("PUT", "/auth/me", new { last_name = " " })).Body;
        Assert.Null(changed.GetProperty("last_name").GetString());

        Assert.Equal($"new-{user.Username}", (await user.Client.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/v1/auth/verify-token")).Text("username"));   // known at once
        Assert.Equal(200, (await App.SignInAsync(Face.Executions, email)).Status);
        Assert.Equal(401, (await App.SignInAsync(Face.Executions, user.Email)).Status);
        var fields = await App.InDatabaseAsync(db => db.Events.Where(raised => raised.EventType == "user_updated" && raised.UserId == user.Id).OrderBy(raised => raised.RowId).Select(raised => raised.Payload).ToListAsync());
        Assert.Equal(3, fields.Count);
        Assert.Contains("\"updated_fields\":[\"username\",\"email\",\"first_name\",\"last_name\"]", fields[0].Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("username", "ab")]
    [InlineData("username", "-dash")]
    [InlineData("username", "has space")]
    [InlineData("username", "somebody@example.com")]
    [InlineData("email", "no-address")]
    [InlineData("first_name", 7)]
    public async Task Update_UnacceptableInput_Is400(string member, object value)
    {
        var user = await App.CreateUserAsync();
        Assert.Equal((400, "invalid_request"), (await user.Client.CallAsync("PUT", "/auth/me", new Dictionary<string, object> { [member] = value })).Brief);
    }

    [Fact]
    public async Task Update_NameOrAddressOfAnother_Is409()
    {
        var (user, other) = (await App.CreateUserAsync(), await App.CreateUserAsync());
        foreach (var body in (object[])[new { username = other.Username.ToUpperInvariant() }, new { email = other.Email.ToUpperInvariant() }])
        {
            var answer = await user.Client.CallAsync("PUT", "/auth/me", body);
            Assert.Equal((409, "conflict", "username_or_email_already_exists"), (answer.Status, answer.Word, answer.Body.Text("message")));
        }
        Assert.Equal(200, (await user.Client.CallAsync("PUT", "/auth/me", new { username = user.Username, email = user.Email })).Status);
    }

    [Fact]
    public async Task Update_UsernameThatIsTheAddress_FollowsIt()
    {
        var user = await App.CreateUserAsync();
        Assert.Equal(user.Email, (await user.Client.CallAsync("PUT", "/auth/me", new { username = user.Email })).Body.Text("username"));
        Assert.Equal($"new-{user.Email}", (await user.Client.CallAsync("PUT", "/auth/me", new { email = $"new-{user.Email}" })).Body.Text("username"));
        var local = new string('x', 60);
        Assert.Equal(local, (await user.Client.CallAsync("PUT", "/auth/me", new { email = $"{local}@example.com" })).Body.Text("username"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_ManyUsersWantOneAddressAtOnce_OneWins(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var users = new List<TestUser>();
        for (var i = 0; i < 6; i++)
            users.Add(await app.CreateUserAsync());

        var answers = await Task.WhenAll(users.Select(user => user.Client.CallAsync("PUT", "/auth/me", new { email = "wanted@example.com" })));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(5, answers.Count(answer => answer.Brief == (409, "conflict")));
    }

    [Fact]
    public async Task UpdateUser_NameAndImage_AreSetAndCleared()
    {
        var user = await App.CreateUserAsync();
        var shown = (await user.Client.CallAsync("POST", "/api/auth/update-user", new { name = "Ada Lovelace", image = "https://example.com/ada.png" })).Body.GetProperty("user");
        Assert.Equal(("Ada Lovelace", "https://example.com/ada.png"), (shown.Text("name"), shown.Text("image")));
        shown = (await user.Client.CallAsync("POST", "/api/auth/update-user", new { name = "Ada" })).Body.GetProperty("user");
        Assert.Equal(("Ada", "https://example.com/ada.png"), (shown.Text("name"), shown.Text("image")));
        shown = (await user.Client.CallAsync("POST", "/api/auth/update-user", new { image = (string?)null })).Body.GetProperty("user");
        Assert.Null(shown.GetProperty("image").GetString());

        foreach (var body in (object[])[new { name = "A" }, new { name = "<b>" }, new { image = "javascript:alert(1)" }])
            Assert.Equal(400, (await user.Client.CallAsync("POST", "/api/auth/update-user", body)).Status);
        await user.Client.CallAsync("PUT", "/auth/me", new { first_name = "Augusta" });
        Assert.Equal("Ada", (await user.Client.CallAsync("GET", "/api/auth/user")).Body.GetProperty("user").Text("name"));   // first and last name never rewrite it
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SetupDefaults_WithNothingThere_MakesThemOnce(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var user = await app.CreateUserAsync();
        Assert.Equal("""{"success":true,"message":"Defaults already exist"}""", (await user.Client.CallAsync("POST", "/api/auth/setup-defaults")).Body.ToString());
        await app.InDatabaseAsync(db => db.Organizations.Where(organization => organization.PersonalUserId == user.Id).ExecuteDeleteAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => user.Client.CallAsync("POST", "/api/auth/setup-defaults")));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        var made = Assert.Single(answers, answer => answer.Body.TryGetProperty("data", out _)).Body.GetProperty("data");
        var me = (await user.Client.CallAsync("GET", "/auth/me")).Body;
        Assert.Equal((made.GetProperty("organization").Text("id"), "owner"), (me.Text("current_organization_id"), me.Text("current_organization_role")));
        var session = (await user.Client.CallAsync("GET", "/api/auth/get-session")).Body.GetProperty("session");
        Assert.Equal(made.GetProperty("project").Text("id"), session.Text("activeProjectId"));
    }
}
