using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using Platform.Alertmanager;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Alertmanager;

/// <summary>Who may send alerts.</summary>
public sealed class AlertmanagerAccessTests
{
    private const string Token = "a-token-of-the-operator";

    [Fact]
    public async Task Token_Set_IsNeededByEverybody()
    {
        await using var app = await AlertLab.StartAsync(Db.Sqlite, ("Alertmanager:Token", Token));
        var user = await app.CreateUserAsync();
        var body = AlertLab.Message();

        Assert.Equal((401, "Not authenticated"), (await app.Anonymous.CallAsync("POST", AlertLab.Webhook, body)).Brief);
        Assert.Equal(401, (await app.Bearer(Token + "x").CallAsync("POST", AlertLab.Webhook, body)).Status);
        Assert.Equal(401, (await user.Client.CallAsync("POST", AlertLab.Webhook, body)).Status);
        Assert.Equal(200, (await app.Bearer(Token).CallAsync("POST", AlertLab.Webhook, body)).Status);
    }

    [Fact]
    public async Task NoToken_BelievesForwardedHeadersOfTrustedProxiesOnly()
    {
        await using var open = await AlertLab.StartAsync(Db.Sqlite);
        await using var proxied = await AlertLab.StartAsync(Db.Sqlite, ("Platform:TrustedProxies:0", "127.0.0.1"), ("Platform:TrustedProxies:1", "::1"));

        Assert.Equal(HttpStatusCode.OK, await PostAsync(open, "93.184.216.34"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(proxied, "93.184.216.34"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxied, "10.1.2.3"));
    }

    [Fact]
    public async Task Broadcast_SwitchedOff_TellsOperatorsOnly()
    {
        await using var app = await AlertLab.StartAsync(Db.Sqlite, ("Alertmanager:BroadcastCritical", "false"));
        var (user, chief) = (await app.CreateUserAsync(), await app.OperatorAsync());

        await app.Anonymous.CallAsync("POST", AlertLab.Webhook, AlertLab.Message(AlertLab.Alert("f", severity: "critical")));

        await Until.TrueAsync(() => app.InDatabaseAsync(db => Task.FromResult(db.Notifications.Any(n => n.UserId == chief.Id))), "the operator is told");
        await app.Anonymous.CallAsync("POST", AlertLab.Webhook, AlertLab.Message(AlertLab.Alert("g", severity: "critical")));
        await Until.TrueAsync(() => app.InDatabaseAsync(db => Task.FromResult(db.Notifications.Count(n => n.UserId == chief.Id) == 2)), "and again");
        Assert.False(await app.InDatabaseAsync(db => Task.FromResult(db.Notifications.Any(n => n.UserId == user.Id))));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:192.168.1.1", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("fd00::1", true)]
    [InlineData("2001:4860:4860::8888", false)]
    [InlineData("8.8.8.8", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("", false)]
    public void Check_WithoutToken_TakesThePrivateNetworks(string peer, bool taken) =>
        Assert.Equal(taken, new AlertmanagerAccess(Options.Create(new AlertmanagerOptions())).Check(null, peer) is null);

    [Fact]
    public void Check_WithNetworks_TakesThoseAndNoOthers()
    {
        var options = new AlertmanagerOptions();
        options.TrustedNetworks.Add("203.0.113.0/24");
        var access = new AlertmanagerAccess(Options.Create(options));

        Assert.Null(access.Check(null, "203.0.113.7"));
        Assert.NotNull(access.Check(null, "127.0.0.1"));
    }

    private static async Task<HttpStatusCode> PostAsync(PlatformApp app, string forwardedFor)
    {
        using var client = app.Client(headers => headers.Add("X-Forwarded-For", forwardedFor));
        return (await client.PostAsJsonAsync(AlertLab.Webhook, AlertLab.Message())).StatusCode;
    }
}
