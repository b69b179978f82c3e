using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EmbeddedFunctions.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Durable;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

/// <summary>The entity routes of the durable HTTP API.</summary>
public sealed class EntityApiTests : IAsyncLifetime
{
    private const string Api = "/runtime/webhooks/durabletask/entities";
    private TestHost _host = null!;
    private string _key = "";

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync([typeof(Tallies)]);
        _key = await _host.Services.GetRequiredService<HostKeys>().SystemKeyAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/account")]
    [InlineData("GET", "/account/a")]
    [InlineData("POST", "/account/a?op=Add")]
    [InlineData("DELETE", "/account/a")]
    public async Task AnyRoute_WithoutTheSystemKey_Answers401(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Api + path);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Signal_ThenGetAndDelete_ShowsTheStateUntilItIsGone()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "/Account/a")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync("POST", "/Account/a?op=Add", "5")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync("POST", "/account/a?op=add", "2")).StatusCode);
        await StateAsync("/ACCOUNT/a", "7");

        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync("DELETE", "/account/a")).StatusCode);
        await Until.TrueAsync(async () => (await SendAsync("GET", "/account/a")).StatusCode == HttpStatusCode.NotFound, "deleted");
    }

    [Fact]
    public async Task Signal_OtherContentOrOddKeys_ReachesTheEntity()
    {
        await SendAsync("POST", "/Length/l?op=Of", "not json", "text/plain");
        await SendAsync("POST", "/Journal/j?op=Write", "a line", "text/plain");
        await StateAsync("/journal/j", """{"lines":["a line"]}""", ignoreCase: true);

        await SendAsync("POST", "/account?op=Add", "1");
        await StateAsync("/account/$", "1");
        await SendAsync("POST", "/account/a%2Fb%20c@d?op=Add", "3");
        await StateAsync("/account/a%2Fb%20c@d", "3");
    }

    [Theory]
    [InlineData("POST", "/nobody/a?op=Add", "1", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/nobody/a", null, HttpStatusCode.NotFound)]
    [InlineData("POST", "/account/a?op=Add", "{", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/account/a", "1", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/acc@unt/a", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "/account?top=none", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "/account?lastOperationTimeFrom=yesterday", null, HttpStatusCode.BadRequest)]
    [InlineData("PUT", "/account/a", null, HttpStatusCode.NotFound)]
    public async Task Request_Wrong_IsRefused(string method, string path, string? body, HttpStatusCode status) =>
        Assert.Equal(status, (await SendAsync(method, path, body)).StatusCode);

    [Fact]
    public async Task List_FilteredAndPaged_GivesEveryEntityOnce()
    {
        for (var i = 0; i < 5; i++)
            await SendAsync("POST", $"/account/k{i}?op=Add", $"{i + 1}");
        await SendAsync("POST", "/journal/j?op=Write", "\"line\"");
        for (var i = 0; i < 5; i++)
            await StateAsync($"/account/k{i}", $"{i + 1}");
        await Until.TrueAsync(async () => (await SendAsync("GET", "/journal/j")).IsSuccessStatusCode, "written");

        var keys = new List<string>();
        string? token = null;
        do
        {
            using var request = Request("GET", "/Account?top=2&fetchState=true");
            if (token is not null)
                request.Headers.Add("x-ms-continuation-token", token);
            var page = await _host.Client.SendAsync(request);
            foreach (var entity in (await page.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray())
            {
                var id = entity.GetProperty("entityId");
                keys.Add($"{id.GetProperty("name").GetString()} {id.GetProperty("key").GetString()} {entity.GetProperty("state").GetInt32()}");
                Assert.Equal(DateTimeKind.Utc, entity.GetProperty("lastOperationTime").GetDateTime().Kind);
            }

            token = page.Headers.TryGetValues("x-ms-continuation-token", out var values) ? values.Single() : null;
        }
        while (token is not null);

        Assert.Equal(["account k0 1", "account k1 2", "account k2 3", "account k3 4", "account k4 5"], keys);
        var all = await (await SendAsync("GET", "")).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(6, all.GetArrayLength());
        Assert.All(all.EnumerateArray(), e => Assert.Equal(JsonValueKind.Null, e.GetProperty("state").ValueKind));
        Assert.Equal("[]", await (await SendAsync("GET", "/account?lastOperationTimeTo=2020-01-01")).Content.ReadAsStringAsync());
        Assert.Equal("[]", await (await SendAsync("GET", "/acc")).Content.ReadAsStringAsync());
    }

    private HttpRequestMessage Request(string method, string path, string? body = null, string type = "application/json") => new(new HttpMethod(method), Api + path)
    {
        Headers = { { HostKeys.Header, _key } },
        Content = body is null ? null : new StringContent(body, Encoding.UTF8, type),
    };

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, string type = "application/json")
    {
        using var request = Request(method, path, body, type);
        return await _host.Client.SendAsync(request);
    }

    private Task StateAsync(string path, string state, bool ignoreCase = false) => Until.TrueAsync(
        async () => string.Equals(state, await (await SendAsync("GET", path)).Content.ReadAsStringAsync(), ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal), state);
}
