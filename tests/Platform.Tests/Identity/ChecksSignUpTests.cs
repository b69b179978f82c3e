using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

public sealed class ChecksSignUpTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    private PlatformApp App => probes.App;

    [Fact]
    public async Task SignUp_Good_OpensASession()
    {
        var answer = await App.SignUpAsync("Grace.Hopper+navy@example.com", name: "Grace O'Hopper-Müller");

        Assert.Equal(200, answer.Status);
        var user = answer.Body.GetProperty("user");
        Assert.Equal(["createdAt", "email", "emailVerified", "id", "image", "name", "updatedAt"], user.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("Grace O'Hopper-Müller", "Grace.Hopper+navy@example.com", false), (user.Text("name"), user.Text("email"), user.GetProperty("emailVerified").GetBoolean()));
        Assert.Equal(2, answer.Http.Headers.GetValues("Set-Cookie").Count());
        using var client = App.Bearer(answer.TokenOf());
        var me = await client.GetFromJsonAsync<System.Text.Json.JsonElement>("/auth/me");
        Assert.Equal(("Grace.Hopper+navy", "Grace O'Hopper-Müller", "owner"), (me.Text("username"), me.Text("current_organization_name"), me.Text("current_organization_role")));
        var brief = (await client.CallAsync("GET", "/api/auth/user")).Body.GetProperty("user");
        Assert.Equal("""["email","id","image","name"]""", System.Text.Json.JsonSerializer.Serialize(brief.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task SignUp_SameLocalParts_GetUsernamesOfTheirOwn()
    {
        foreach (var host in (string[])["a.example", "b.example", "c.example"])
            Assert.Equal(200, (await App.SignUpAsync($"same.name@{host}")).Status);
        Assert.Equal(200, (await App.SignUpAsync("x@a.example")).Status);
        Assert.Equal(200, (await App.SignUpAsync("we!rd/one@a.example")).Status);

        var names = await App.InDatabaseAsync(db => db.Users.Where(user => user.EmailKey!.EndsWith(".example")).Select(user => user.Username).ToListAsync());
        Assert.Equal(["same.name", "same.name-2", "same.name-3", "we-rd-one", "x-2"], names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignUp_OneAddressInManyCasesAndFacesAtOnce_OneWins(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
        {
            var email = i % 3 == 0 ? "rosa@example.com" : i % 3 == 1 ? "ROSA@example.com" : "Rosa@Example.Com";
            return i % 2 == 0
                ? (await app.SignUpAsync(email)).Status == 200
                : (await app.Anonymous.PostAsJsonAsync("/api/v1/auth/register", new { username = $"rosa{i}", email, password = PlatformApp.Password })).StatusCode == HttpStatusCode.Created;
        }));

        Assert.Single(statuses, won => won);
        Assert.Equal(1, await app.InDatabaseAsync(rows => rows.Users.CountAsync(user => user.EmailKey == "rosa@example.com")));
        Assert.Equal("USER_ALREADY_EXISTS", (await app.SignUpAsync("rosa@EXAMPLE.com")).Word);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignUp_ManyOfOneLocalPartAtOnce_AllGetAName(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => app.SignUpAsync($"rosa@host{i}.example")));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
    }

    [Theory]
    [InlineData("A", "x@example.com", "Passw0rd-1")]
    [InlineData("--", "x@example.com", "Passw0rd-1")]
    [InlineData("Ada <b>", "x@example.com", "Passw0rd-1")]
    [InlineData("Ada\n", "x@example.com", "Passw0rd-1")]
    [InlineData("Ada 1", "x@example.com", "Passw0rd-1")]
    [InlineData("Ada", "no-address", "Passw0rd-1")]
    [InlineData("Ada", "x@example.com", "Sh0rt")]
    [InlineData("Ada", "x@example.com", "alllower1")]
    [InlineData("Ada", "x@example.com", "NoDigitsAtAll")]
    [InlineData("Ada", "Passw0rd-1@example.com", "passw0rd-1@example.com")]
    [InlineData("Ada", "Passw0rd-1@example.com", "pASSw0rd-1")]
    public async Task SignUp_UnacceptableInput_Is400(string name, string email, string password) =>
        Assert.Equal(400, (await App.SignUpAsync(email, password, name)).Status);

    [Fact]
    public async Task SignUp_WhileClosed_AsksForAnInvitation()
    {
        await using var app = await PlatformApp.StartAsync(
            configure: services => services.AddSingleton<IInvitationGate, Invitations>(),
            settings: [("Auth:SignupEnabled", "false"), ("Auth:AllowedEmailDomains:0", "example.com")]);

        Assert.Equal((403, "SIGNUP_DISABLED"), (await app.SignUpAsync("ada@example.com")).Brief);
        Assert.Equal((403, "INVITE_REQUIRED"), (await app.SignUpAsync("ada@example.com", inviteToken: "made-up")).Brief);
        Assert.Equal((403, "INVITE_REQUIRED"), (await app.SignUpAsync("eve@example.com", inviteToken: "open")).Brief);
        Assert.Equal((403, "INVITE_EXPIRED"), (await app.SignUpAsync("ada@example.com", inviteToken: "old")).Brief);
        Assert.Equal((403, "EMAIL_DOMAIN_NOT_ALLOWED"), (await app.SignUpAsync("ada@elsewhere.example", inviteToken: "open")).Brief);
        Assert.Equal(200, (await app.SignUpAsync("ada@example.com", inviteToken: "open")).Status);
        using var invited = app.Client(headers => headers.Add("X-Invite-Token", "open"));
        Assert.Equal((409, "USER_ALREADY_EXISTS"), (await invited.CallAsync("POST", "/api/auth/sign-up/email", new { name = "Ada", email = "ada@example.com", password = PlatformApp.Password })).Brief);
        Assert.Equal("""{"status":"ok","providers":["credential"],"signupEnabled":false}""", (await app.Anonymous.CallAsync("POST", "/api/auth")).Body.ToString());
    }

    [Fact]
    public async Task SignUp_WithoutInvitationStore_NeedsAnOpenDoor()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Auth:SignupEnabled", "false"));
        Assert.Equal((403, "INVITE_REQUIRED"), (await app.SignUpAsync("ada@example.com", inviteToken: "any")).Brief);
    }

    [Theory]
    [InlineData("/api/auth", """{"status":"ok","providers":["credential"],"signupEnabled":true}""")]
    [InlineData("/api/auth/ok", """{"ok":true}""")]
    public async Task Describe_Anonymous_IsAnswered(string path, string body) => Assert.Equal(body, (await App.Anonymous.CallAsync("GET", path)).Body.ToString());

    [Theory]
    [InlineData("GET", "/api/auth/sign-up/email", 405)]
    [InlineData("GET", "/api/auth/sign-in/email", 405)]
    [InlineData("GET", "/api/auth/anything-else", 404)]
    [InlineData("POST", "/api/auth/anything/else", 404)]
    public async Task CatchAll_KnownPathAndUnknown_AreTold(string method, string path, int status)
    {
        var answer = await App.Anonymous.CallAsync(method, path);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 405 ? ["POST"] : [], answer.Http.Content.Headers.Allow);
    }

    [Fact]
    public async Task Error_OfARedirect_IsEchoedPlainly()
    {
        var answer = await App.Anonymous.CallAsync("GET", $"/api/auth/error?error=access%0Ad%1Benied&message={new string('x', 300)}");

        Assert.Equal((401, "accessdenied"), answer.Brief);
        Assert.Equal(200, answer.Body.Text("message").Length);
        Assert.True(answer.Http.Headers.CacheControl!.NoStore);
        Assert.Equal(401, (await App.Anonymous.CallAsync("POST", "/api/auth/error")).Status);
    }

    private sealed class Invitations : IInvitationGate
    {
        public Task<InvitationStanding> FindAsync(string token, string email, CancellationToken ct) => Task.FromResult((token, email) switch
        {
            ("open", not "eve@example.com") => InvitationStanding.Pending,
            ("old", _) => InvitationStanding.Expired,
            _ => InvitationStanding.Unknown,
        });
    }
}
