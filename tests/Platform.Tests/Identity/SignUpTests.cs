using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

public sealed class SignUpTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Register_SameNameOrEmailAtOnce_OneWins(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => RegisterAsync(app, i % 2 == 0 ? "Rosa" : $"rosa{i}", i % 2 == 0 ? $"rosa{i}@example.com" : "ROSA@example.com")));

        Assert.Equal(2, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.Equal(7, answers.Count(answer => answer == (HttpStatusCode.Conflict, "Username already registered")));
        Assert.Equal(7, answers.Count(answer => answer == (HttpStatusCode.Conflict, "Email already registered")));

        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var users = await db.Users.CountAsync();
        Assert.Equal(users, await db.Organizations.CountAsync(organization => organization.IsPersonal));
        Assert.Equal(users, await db.Projects.CountAsync(project => project.IsDefault));
        Assert.Equal(users, await db.Memberships.CountAsync());
        Assert.Equal(users, await db.Events.CountAsync(raised => raised.EventType == "user_registered"));
    }

    [Fact]
    public async Task Register_NamesWithTheSameSlug_GetOrganizationsOfTheirOwn()
    {
        var answers = await Task.WhenAll(new[] { "a.b", "a_b", "a-b", "A-B-" }.Select(name => RegisterAsync(probes.App, name, $"{Guid.NewGuid():N}@example.com")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.Status));
    }

    [Theory]
    [InlineData("x", "x@example.com", "Passw0rd-1")]
    [InlineData("has space", "x@example.com", "Passw0rd-1")]
    [InlineData("at@sign", "x@example.com", "Passw0rd-1")]
    [InlineData("newline\n", "x@example.com", "Passw0rd-1")]
    [InlineData("good", "no-at-sign", "Passw0rd-1")]
    [InlineData("good", "two@at@example.com", "Passw0rd-1")]
    [InlineData("good", "x@localhost", "Passw0rd-1")]
    [InlineData("good", "x@example.com\n", "Passw0rd-1")]
    [InlineData("good", "x@example.com", "Sh0rt")]
    [InlineData("good", "x@example.com", "alllower1")]
    [InlineData("good", "x@example.com", "NoDigitsAtAll")]
    [InlineData("Passw0rd-1", "x@example.com", "passw0rd-1")]
    public async Task Register_UnacceptableInput_Is422(string username, string email, string password)
    {
        var answer = await probes.App.Anonymous.PostAsJsonAsync("/api/v1/auth/register", new { username, email, password, role = "admin" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.DoesNotContain(password, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_WhenSignUpIsOff_Is403()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Auth:SignupEnabled", "false"));
        Assert.Equal((HttpStatusCode.Forbidden, "Sign-up is disabled"), await RegisterAsync(app, "late", "late@example.com"));
    }

    private static async Task<(HttpStatusCode Status, string? Detail)> RegisterAsync(PlatformApp app, string username, string email)
    {
        var answer = await app.Anonymous.PostAsJsonAsync("/api/v1/auth/register", new { username, email, password = PlatformApp.Password });
        var json = await answer.JsonAsync();
        return (answer.StatusCode, json.TryGetProperty("detail", out var detail) ? detail.ToString() : null);
    }
}
