using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Agents;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Agents;

public sealed class ProviderKeyTests
{
    private const string Path = "/api/api-keys";
    private const string Key = "sk-ant-0123456789";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Keys_SavedReplacedAndDeleted_AreSealedAndNeverShown(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        Assert.Equal("""{"success":true,"apiKeys":[]}""", await user.Client.GetStringAsync(Path));

        Assert.Equal("""{"success":true}""", await (await SaveAsync(user, "anthropic", $"  {Key} ")).Content.ReadAsStringAsync());
        await SaveAsync(user, "openai", "first-key-of-openai");
        await SaveAsync(user, "openai", "second-key-of-openai");
        await SaveAsync(other, "openai", "the-others-key");

        var list = await user.Client.GetStringAsync(Path);
        Assert.DoesNotContain("key-of", list, StringComparison.Ordinal);
        Assert.Equal(["anthropic", "openai"], JsonSerializer.Deserialize<JsonElement>(list).GetProperty("apiKeys").EnumerateArray().Select(key => key.GetProperty("provider").GetString()));
        Assert.Equal((Key, "second-key-of-openai", "the-others-key"), (await ResolveAsync(app, user, KeyProvider.Anthropic), await ResolveAsync(app, user, KeyProvider.Openai), await ResolveAsync(app, other, KeyProvider.Openai)));
        var stored = await InDatabaseAsync(app, async rows => JsonSerializer.Serialize(new { Keys = await rows.ProviderKeys.ToListAsync(), Events = await rows.Events.ToListAsync(), Audit = await rows.AuditEntries.ToListAsync() }));
        Assert.DoesNotContain(Key, stored, StringComparison.Ordinal);
        Assert.DoesNotContain("key-of-openai", stored, StringComparison.Ordinal);
        Assert.Equal(3, await InDatabaseAsync(app, rows => rows.Events.CountAsync(e => e.EventType == "api_key.saved" && e.UserId == user.Id)));
        Assert.Equal(3, await InDatabaseAsync(app, rows => rows.AuditEntries.CountAsync(e => e.Action == "api_key.save" && e.ActorId == user.Id && e.ResourceId != null)));

        for (var i = 0; i < 2; i++)   // an absent one too
            Assert.Equal("""{"success":true}""", await (await user.Client.DeleteAsync($"{Path}?provider=openai")).Content.ReadAsStringAsync());
        Assert.Equal((null, "the-others-key"), (await ResolveAsync(app, user, KeyProvider.Openai), await ResolveAsync(app, other, KeyProvider.Openai)));
        Assert.Equal(1, await InDatabaseAsync(app, rows => rows.Events.CountAsync(e => e.EventType == "api_key.deleted")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Save_SameProviderManyTimesAtOnce_KeepsOne(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var user = await app.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => SaveAsync(user, "gemini", $"gemini-key-{number}")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.StartsWith("gemini-key-", await ResolveAsync(app, user, KeyProvider.Gemini), StringComparison.Ordinal);
        Assert.Equal(1, await InDatabaseAsync(app, rows => rows.ProviderKeys.CountAsync()));
    }

    [Fact]
    public async Task Requests_WithBadInput_AreRefusedInTheContractsWords()
    {
        await using var app = await PlatformApp.StartAsync();
        var user = await app.CreateUserAsync();
        foreach (var (body, error) in ((string, string)[])
        [
            ("{}", "Provider and API key are required"), ("""{"provider":"openai"}""", "Provider and API key are required"), ("""{"provider":"openai","apiKey":"  "}""", "Provider and API key are required"),
            ("""{"provider":"mistral","apiKey":"0123456789"}""", "Invalid provider"), ("""{"provider":"OpenAI","apiKey":"0123456789"}""", "Invalid provider"),
            ("""{"provider":"openai","apiKey":"0123456"}""", AgentErrors.KeyMalformed.Message), ("""{"provider":"openai","apiKey":"0123 456789"}""", AgentErrors.KeyMalformed.Message),
            ("""{"provider":"openai","apiKey":"0123456789ü"}""", AgentErrors.KeyMalformed.Message), ($$"""{"provider":"openai","apiKey":"{{new string('x', 4097)}}"}""", AgentErrors.KeyMalformed.Message),
            ("{", "Invalid JSON body"), ("""{"provider":1,"apiKey":"0123456789"}""", "Validation failed"),
        ])
        {
            using var content = new StringContent(body, null, "application/json");
            await AssertAsync(error, await user.Client.PostAsync(Path, content));
        }

        await AssertAsync("Provider is required", await user.Client.DeleteAsync(Path));
        await AssertAsync("Invalid provider", await user.Client.DeleteAsync($"{Path}?provider=x"));
        await AssertAsync("Agent parameter is required", await user.Client.GetAsync($"{Path}/check"));
        await AssertAsync("Invalid agent", await user.Client.GetAsync($"{Path}/check?agent=nobody"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous.GetAsync(Path)).StatusCode);
        using var browser = app.Client(user.AsBrowser());
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsJsonAsync(Path, new { provider = "openai", apiKey = Key })).StatusCode);
        Assert.Equal(0, await InDatabaseAsync(app, rows => rows.ProviderKeys.CountAsync()));
    }

    [Theory]
    [InlineData("claude", null, "", "", """{"success":true,"hasKey":false,"provider":"aigateway","agentName":"Claude","source":null}""")]
    [InlineData("claude", null, "anthropic", "", """{"success":true,"hasKey":true,"provider":"anthropic","agentName":"Claude","source":"user"}""")]
    [InlineData("claude", null, "anthropic", "aigateway", """{"success":true,"hasKey":true,"provider":"aigateway","agentName":"Claude","source":"platform"}""")]
    [InlineData("claude", null, "aigateway", "aigateway", """{"success":true,"hasKey":true,"provider":"aigateway","agentName":"Claude","source":"user"}""")]
    [InlineData("codex", null, "openai", "", """{"success":true,"hasKey":true,"provider":"openai","agentName":"Codex","source":"user"}""")]
    [InlineData("cursor", "gpt-5", "openai", "", """{"success":true,"hasKey":false,"provider":"cursor","agentName":"Cursor","source":null}""")]
    [InlineData("gemini", null, "", "gemini", """{"success":true,"hasKey":true,"provider":"gemini","agentName":"Gemini","source":"platform"}""")]
    [InlineData("opencode", null, "anthropic", "", """{"success":true,"hasKey":true,"provider":"anthropic","agentName":"Opencode","source":"user"}""")]
    [InlineData("opencode", "GPT-5", "anthropic", "", """{"success":true,"hasKey":false,"provider":"aigateway","agentName":"Opencode","source":null}""")]
    [InlineData("opencode", "claude-Sonnet-gpt", "openai", "", """{"success":true,"hasKey":false,"provider":"anthropic","agentName":"Opencode","source":null}""")]
    [InlineData("opencode", "gemini-3", "gemini", "", """{"success":true,"hasKey":true,"provider":"gemini","agentName":"Opencode","source":"user"}""")]
    [InlineData("opencode", "qwen", "openai", "", """{"success":true,"hasKey":true,"provider":"openai","agentName":"Opencode","source":"user"}""")]
    [InlineData("copilot", null, "openai", "openai", """{"success":true,"hasKey":false,"provider":"github","agentName":"Copilot","source":null}""")]
    [InlineData("builtin", null, "", "", """{"success":true,"hasKey":false,"provider":"openai","agentName":"Builtin","source":null}""")]
    [InlineData("builtin", null, "aigateway", "", """{"success":true,"hasKey":true,"provider":"aigateway","agentName":"Builtin","source":"user"}""")]
    public async Task Check_ByAgentAndModel_SaysWhoseKeyItWouldTake(string agent, string? model, string own, string platform, string answer)
    {
        await using var app = await PlatformApp.StartAsync(settings: platform.Length > 0 ? [($"Agents:Keys:{platform}", "platform-key-1")] : []);
        var user = await app.CreateUserAsync();
        if (own.Length > 0)
            await SaveAsync(user, own, Key);
        Assert.Equal(answer, await user.Client.GetStringAsync($"{Path}/check?agent={agent}{(model is null ? "" : $"&model={model}")}"));
    }

    [Fact]
    public async Task Check_BuiltinWithThePlatformsEndpointOnly_NamesThePlatform()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Agents:Builtin:BaseUrl", "http://127.0.0.1:9/v1"));
        var user = await app.CreateUserAsync();
        Assert.Equal("""{"success":true,"hasKey":true,"provider":"platform","agentName":"Builtin","source":"platform"}""", await user.Client.GetStringAsync($"{Path}/check?agent=builtin"));
    }

    [Fact]
    public async Task Resolve_KeyOfAnotherRow_CountsAsAbsent()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Agents:Keys:openai", "platform-key-1"));
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await SaveAsync(user, "openai", Key);
        await SaveAsync(other, "openai", "the-others-key");
        await InDatabaseAsync(app, async rows =>
        {
            var foreign = await rows.ProviderKeys.Where(key => key.UserId == other.Id).Select(key => key.Value).SingleAsync();
            return await rows.ProviderKeys.Where(key => key.UserId == user.Id).ExecuteUpdateAsync(set => set.SetProperty(key => key.Value, foreign));
        });

        Assert.Equal("platform-key-1", await ResolveAsync(app, user, KeyProvider.Openai));
        Assert.Contains("\"source\":\"platform\"", await user.Client.GetStringAsync($"{Path}/check?agent=builtin"), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> SaveAsync(TestUser user, string provider, string apiKey) => user.Client.PostAsJsonAsync(Path, new { provider, apiKey });

    private static async Task<string?> ResolveAsync(PlatformApp app, TestUser user, KeyProvider provider)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        return (await scope.ServiceProvider.GetRequiredService<ProviderKeys>().ResolveAsync(user.Id, provider, CancellationToken.None))?.Value;
    }

    private static async Task<T> InDatabaseAsync<T>(PlatformApp app, Func<PlatformDbContext, Task<T>> use)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        return await use(scope.ServiceProvider.GetRequiredService<PlatformDbContext>());
    }

    private static async Task AssertAsync(string error, HttpResponseMessage answer)
    {
        var body = await answer.JsonAsync();
        Assert.Equal((HttpStatusCode.BadRequest, error, false), (answer.StatusCode, body.Text("error"), body.GetProperty("success").GetBoolean()));
    }
}
