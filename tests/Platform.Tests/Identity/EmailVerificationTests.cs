using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

public sealed class EmailVerificationTests(VerifyingApp verifying) : IClassFixture<VerifyingApp>
{
    private PlatformApp App => verifying.App;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SignUp_Unverified_SignsInNowhereUntilTheLinkIsUsed(bool checks)
    {
        var email = $"{Guid.CreateVersion7():N}@example.com";
        if (checks)
        {
            var answer = await App.SignUpAsync(email);
            Assert.Equal((200, System.Text.Json.JsonValueKind.Null), (answer.Status, answer.Body.GetProperty("token").ValueKind));
            Assert.False(answer.Http.Headers.Contains("Set-Cookie"));
        }
        else
        {
            Assert.Equal(HttpStatusCode.Created, (await App.Anonymous.PostAsJsonAsync("/api/v1/auth/register", new { username = $"u{Guid.CreateVersion7().ToString("N")[20..]}", email, password = PlatformApp.Password })).StatusCode);
        }

        Assert.Equal((403, "Email not verified"), (await App.SignInAsync(Face.Executions, email)).Brief);
        Assert.Equal((403, "EMAIL_NOT_VERIFIED"), (await App.SignInAsync(Face.Checks, email)).Brief);
        Assert.Equal((403, "email_not_verified"), (await App.SignInAsync(Face.Inference, email)).Brief);
        Assert.Equal(401, (await App.SignInAsync(Face.Inference, email, "wrong")).Status);   // told after the right password only

        var link = (await verifying.Mail.WaitForAsync(email)).Link();
        Assert.Equal($"{AccountMailApp.Site}/api/auth/verify-email", link.GetLeftPart(UriPartial.Path));
        var verified = await App.Anonymous.CallAsync("GET", link.PathAndQuery);
        Assert.Equal((200, true, true), (verified.Status, verified.Body.GetProperty("status").GetBoolean(), verified.Body.GetProperty("user").GetProperty("emailVerified").GetBoolean()));
        Assert.Equal((400, "INVALID_TOKEN"), (await App.Anonymous.CallAsync("GET", link.PathAndQuery)).Brief);
        foreach (var face in AccountCalls.Faces)
            Assert.Equal(200, (await App.SignInAsync(face, email)).Status);
    }

    [Fact]
    public async Task Verify_WithCallback_GoesOnWithinTheSiteOnly()
    {
        var email = await SignUpAsync();
        await verifying.Mail.WaitForAsync(email); // mails may overtake each other
        await App.Anonymous.CallAsync("POST", "/api/auth/send-verification-email", new { email, callbackURL = "/welcome" });
        var link = (await verifying.Mail.WaitForAsync(email, count: 2)).Link();
        var token = AccountMailApp.TokenOf(link);

        Assert.Equal(400, (await App.Anonymous.CallAsync("GET", $"/api/auth/verify-email?token={token}&callbackURL=https%3A%2F%2Fevil.example")).Status);
        Assert.Equal(400, (await App.Anonymous.CallAsync("GET", "/api/auth/verify-email")).Status);
        Assert.Equal(400, (await App.Anonymous.CallAsync("POST", "/api/auth/send-verification-email", new { email, callbackURL = "https://evil.example" })).Status);
        using var answer = await App.Anonymous.GetAsync(link.PathAndQuery);
        Assert.Equal((HttpStatusCode.Found, "/welcome"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verify_ManyUsesAtOnce_SucceedOnce(Db db)
    {
        await using var app = await verifying.StartAsync(db);
        var email = $"{Guid.CreateVersion7():N}@example.com";
        await app.SignUpAsync(email);
        var token = await verifying.TokenAsync(email);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.Anonymous.CallAsync("GET", $"/api/auth/verify-email?token={token}")));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(19, answers.Count(answer => answer.Brief == (400, "INVALID_TOKEN")));
    }

    [Fact]
    public async Task ChangedAddress_IsUnverifiedAgainAndGetsAMail()
    {
        var email = await SignUpAsync();
        var former = await verifying.TokenAsync(email);
        await App.SignInAsync(Face.Checks, email);
        var id = await App.InDatabaseAsync(db => db.Users.Where(user => user.Email == email).Select(user => user.Id).SingleAsync());
        await App.ChangeUserAsync(id, user => user.MarkEmailVerified());
        using var client = App.Bearer((await App.SignInAsync(Face.Checks, email)).TokenOf());

        var changed = $"new-{email}";
        Assert.Equal(200, (await client.CallAsync("PUT", "/auth/me", new { email = changed })).Status);

        Assert.Equal((403, "EMAIL_NOT_VERIFIED"), (await App.SignInAsync(Face.Checks, changed)).Brief);
        Assert.Equal((400, "INVALID_TOKEN"), (await App.Anonymous.CallAsync("GET", $"/api/auth/verify-email?token={former}")).Brief);   // of the former address
        Assert.Equal((403, "Email verification required"), (await client.CallAsync("POST", "/api/auth/setup-defaults")).Brief);
        Assert.Equal(200, (await App.Anonymous.CallAsync("GET", $"/api/auth/verify-email?token={await verifying.TokenAsync(changed)}")).Status);
        Assert.Equal(200, (await App.SignInAsync(Face.Checks, changed)).Status);
    }

    [Fact]
    public async Task Send_VerifiedOrUnknownAddress_IsAnsweredAlikeAndSendsNothing()
    {
        var email = await SignUpAsync();
        Assert.Equal(200, (await App.Anonymous.CallAsync("GET", $"/api/auth/verify-email?token={await verifying.TokenAsync(email)}")).Status);
        var other = await SignUpAsync();

        foreach (var address in (string[])[email, $"no-{email}", other])
            Assert.Equal("""{"status":true}""", (await App.Anonymous.CallAsync("POST", "/api/auth/send-verification-email", new { email = address })).Body.ToString());

        await verifying.Mail.WaitForAsync(other, count: 2);
        Assert.Single(verifying.Mail.To(email));
        Assert.Empty(verifying.Mail.To($"no-{email}"));
    }

    [Fact]
    public async Task Token_AfterADay_IsTooOld()
    {
        var email = await SignUpAsync();
        var token = await verifying.TokenAsync(email);
        verifying.Clock.Advance(TimeSpan.FromHours(25));

        Assert.Equal((400, "INVALID_TOKEN"), (await App.Anonymous.CallAsync("GET", $"/api/auth/verify-email?token={token}")).Brief);
    }

    [Fact]
    public async Task Operator_OfTheFirstStart_IsVerified() => Assert.Equal("admin", (await (await App.OperatorAsync()).Client.CallAsync("GET", "/auth/me")).Body.Text("role"));

    [Theory]
    [InlineData("Platform:PublicUrl", "https://platform.example")]
    [InlineData("Smtp:Host", "127.0.0.1")]
    public async Task Start_RequiredWithoutMailOrPublicAddress_Fails(string key, string value) => await Assert.ThrowsAnyAsync<Exception>(() =>
        PlatformApp.StartAsync(settings: [("Auth:RequireEmailVerification", "true"), ("Smtp:From", "platform@example.com"), (key, value)]));

    private async Task<string> SignUpAsync()
    {
        var email = $"{Guid.CreateVersion7():N}@example.com";
        Assert.Equal(200, (await App.SignUpAsync(email)).Status);
        return email;
    }
}
