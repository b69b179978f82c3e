using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity;

public sealed class AuthTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Session_FromSignUpToSignOut_OpensAndCloses(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var user = await app.CreateUserAsync("Alice");

        var me = await user.Client.GetFromJsonAsync<JsonElement>("/api/v1/auth/me");
        Assert.Equal("Alice", me.GetProperty("username").GetString());
        Assert.Equal("user", me.GetProperty("role").GetString());

        var logout = await user.Client.PostAsync("/api/v1/auth/logout", null);
        Assert.Equal(HttpStatusCode.OK, logout.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/v1/auth/me")).StatusCode);
    }
}
