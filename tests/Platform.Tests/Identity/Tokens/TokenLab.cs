using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.Tokens;

/// <summary>A token that a test made.</summary>
public sealed record TestToken(Guid Id, string Secret, HttpClient Client);

/// <summary>One app with the token probes of all families; shared by the tests of a class.</summary>
public sealed class TokenApp : IAsyncLifetime
{
    public PlatformApp App { get; private set; } = null!;

    public async Task InitializeAsync() => App = await TokenLab.StartAsync();

    public async Task DisposeAsync() => await App.DisposeAsync();
}

/// <summary>What tests of tokens do again and again.</summary>
internal static class TokenLab
{
    public const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static readonly Type[] Probes =
        [typeof(ExecutionsTokenProbes), typeof(DeliveryTokenProbes), typeof(ChecksTokenProbes), typeof(AgentsTokenProbes), typeof(InferenceTokenProbes)];

    /// <summary>Limits of the class of token routes, which no multiplier loosens, are far away unless the test says otherwise.</summary>
    public static Task<PlatformApp> StartAsync(
        Db db = Db.Sqlite, string? connectionString = null, Action<IServiceCollection>? configure = null, params (string Key, string Value)[] settings) => PlatformApp.StartAsync(
        db, configure, connectionString: connectionString, functions: Probes,
        settings: [("Secrets:MasterKey", MasterKey), ("RateLimit:Limits:token", "1000"), ("RateLimit:Limits:sensitive", "1000"), .. settings]);

    public static HttpClient With(this PlatformApp app, string secret) => app.Client(headers => headers.Authorization = new("Bearer", secret));

    /// <summary>Posts to <c>/api/dev/tokens</c>.</summary>
    public static Task<HttpResponseMessage> PostTokenAsync(this HttpClient client, object body) => client.PostAsJsonAsync("/api/dev/tokens", body);

    public static async Task<TestToken> CreateTokenAsync(this PlatformApp app, TestUser user, params string[] scopes) =>
        await app.CreateTokenAsync(user.Client, new { name = $"t-{Guid.CreateVersion7():N}", scopes });

    public static async Task<TestToken> CreateTokenAsync(this PlatformApp app, HttpClient client, object body)
    {
        var answer = await client.PostTokenAsync(body);
        var data = (await answer.JsonAsync()).GetProperty("data");
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        var secret = data.Text("token");
        return new TestToken(data.GetProperty("id").GetGuid(), secret, app.With(secret));
    }

    public static async Task<TestToken> CreateApiKeyAsync(this PlatformApp app, TestUser user)
    {
        var answer = await user.Client.PostAsJsonAsync("/api_keys", new { name = "key" });
        answer.EnsureSuccessStatusCode();
        var body = await answer.JsonAsync();
        return new TestToken(body.GetProperty("key").GetProperty("id").GetGuid(), body.Text("api_key"), app.With(body.Text("api_key")));
    }

    /// <summary>Makes a key of a job that exists in the test only; no route makes keys yet.</summary>
    public static async Task<TestToken> CreateJobKeyAsync(this PlatformApp app, TestUser user, Guid jobId, string name = "ci", TimeSpan? life = null)
    {
        var (organization, project) = await app.HomeAsync(user);
        await using var scope = app.As(TestCallers.User(user.Id, organization));
        var issued = await scope.ServiceProvider.GetRequiredService<JobKeys>().CreateAsync(jobId, project, new WishedJobKey(name, life, null, null), CancellationToken.None);
        Assert.True(issued.IsOk, issued.Error?.Code);
        return new TestToken(issued.Value.Token.Id, issued.Value.Secret, app.With(issued.Value.Secret));
    }

    public static AsyncServiceScope As(this PlatformApp app, Caller caller) => app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(caller);

    /// <summary>Reads or changes the database as the platform; what was cached is forgotten afterwards, as services do.</summary>
    public static async Task<T> DatabaseAsync<T>(this PlatformApp app, Func<PlatformDbContext, Task<T>> work)
    {
        await using var scope = app.As(Caller.Platform);
        var result = await work(scope.ServiceProvider.GetRequiredService<PlatformDbContext>());
        app.Services.GetRequiredService<SessionDirectory>().ForgetAll();
        return result;
    }

    /// <summary>The user's personal organization and its default project.</summary>
    public static Task<(Guid Organization, Guid Project)> HomeAsync(this PlatformApp app, TestUser user) => app.DatabaseAsync(async db =>
    {
        var organization = await db.Organizations.Where(row => row.PersonalUserId == user.Id).Select(row => row.Id).SingleAsync();
        return (organization, await db.Projects.Where(row => row.OrganizationId == organization && row.IsDefault).Select(row => row.Id).SingleAsync());
    });

    public static Task<int> SetRoleAsync(this PlatformApp app, TestUser user, OrganizationRole role) =>
        app.DatabaseAsync(db => db.Memberships.Where(row => row.UserId == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Role, role)));

    /// <summary>Makes <paramref name="user"/> a member of the other's personal organization and moves his session there.</summary>
    public static Task<int> JoinAsync(this PlatformApp app, TestUser user, TestUser host, OrganizationRole role) => app.DatabaseAsync(async db =>
    {
        var organization = await db.Organizations.Where(row => row.PersonalUserId == host.Id).Select(row => row.Id).SingleAsync();
        var project = await db.Projects.Where(row => row.OrganizationId == organization && row.IsDefault).Select(row => row.Id).SingleAsync();
        db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = organization, UserId = user.Id, Role = role, JoinedAt = DateTimeOffset.UtcNow });
        await db.SaveChangesAsync();
        return await db.Sessions.Where(row => row.UserId == user.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ActiveOrganizationId, organization).SetProperty(row => row.ActiveProjectId, project));
    });

    /// <summary>Adds a project to the user's personal organization.</summary>
    public static async Task<Guid> AddProjectAsync(this PlatformApp app, TestUser user, string name)
    {
        var (organization, _) = await app.HomeAsync(user);
        return await app.DatabaseAsync(async db =>
        {
            var row = db.AddSample(db.Model.FindEntityType(typeof(Project))!, user.Id, organization, Guid.Empty);
            row.Property(nameof(Project.Name)).CurrentValue = name;
            row.Property(nameof(Project.IsDefault)).CurrentValue = false;
            row.Property(nameof(Project.Status)).CurrentValue = ProjectStatus.Active;
            await db.SaveChangesAsync();
            return ((Project)row.Entity).Id;
        });
    }

    public static async Task<int> StatusAsync(this HttpClient client, string path) => (int)(await client.GetAsync(path)).StatusCode;

    public static async Task<JsonElement> DataAsync(this HttpResponseMessage answer) => (await answer.JsonAsync()).GetProperty("data");
}
