using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

using Platform.Domains;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;
using Platform.Tests.Organizations;

namespace Platform.Tests.Domains;

/// <summary>One app per database with a name server that the tests fill; each test has names of its own.</summary>
public sealed class DomainApps : IAsyncLifetime
{
    private readonly Dictionary<Db, PlatformApp> _apps = [];

    internal NameServer Names { get; } = new();

    public PlatformApp this[Db database] => _apps[database];

    public async Task InitializeAsync()
    {
        foreach (var database in Enum.GetValues<Db>())
            _apps[database] = await PlatformApp.StartAsync(database, settings: [.. OrganizationApps.Unlimited, ("Platform:PublicUrl", "https://app.platform.example/"), ("Domains:Resolvers:0", Names.Address)]);
    }

    public async Task DisposeAsync()
    {
        foreach (var app in _apps.Values)
            await app.DisposeAsync();
        await Names.DisposeAsync();
    }
}

/// <summary>The domains of one user's project.</summary>
internal sealed class DomainClient(TestUser user, NameServer names)
{
    public const string Path = "/api/settings/domains";

    public TestUser User => user;

    public static string NewName() => $"d{Guid.CreateVersion7():N}.example.com";

    public async Task<JsonElement> AddAsync(string name, object? more = null)
    {
        var added = await user.CallAsync($"POST {Path}", more ?? new { name });
        Assert.True((int)added.Status == 201, added.Body.ToString());
        return added.Data;
    }

    public Task<Answer> ChangeAsync(JsonElement domain, object change) => user.CallAsync($"PATCH {Path}/{domain.Text("id")}", change);

    public async Task<JsonElement> VerifyAsync(JsonElement domain) => (await ChangeAsync(domain, new { verify = true })).Data;

    public async Task<JsonElement> AddVerifiedAsync(string name)
    {
        var domain = await AddAsync(name);
        Publish(domain);
        var verified = await VerifyAsync(domain);
        Assert.Equal("verified", verified.Text("status"));
        return verified;
    }

    public async Task<JsonElement> GetAsync(JsonElement domain) => (await user.CallAsync($"GET {Path}?search={domain.Text("name").TrimStart('*', '.')}")).Data.EnumerateArray().Single(row => row.Text("id") == domain.Text("id"));

    public void Publish(params JsonElement[] domains) => names.SetTxt(domains[0].GetProperty("verification").Text("name"), [.. domains.Select(domain => domain.GetProperty("verification").Text("value"))]);

    /// <summary>Moves the domain's next check to the past, as if time had gone by, and runs the timer's work.</summary>
    public static async Task CheckLaterAsync(PlatformApp app, JsonElement domain, TimeSpan passed)
    {
        await app.AskAsync(db => Shift(db, domain.GetProperty("id").GetGuid(), passed));
        await app.Services.GetRequiredService<DueDomains>().CheckAsync(CancellationToken.None);
    }

    private static async Task<int> Shift(Platform.Data.PlatformDbContext db, Guid id, TimeSpan passed)
    {
        var domain = db.Domains.Single(found => found.Id == id);
        (domain.PendingSince, domain.NextCheckAt) = (domain.PendingSince - passed, domain.NextCheckAt - passed);
        return await db.SaveChangesAsync();
    }
}
