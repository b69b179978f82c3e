using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Secrets;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>One app per database, with a mail server and without limits of the tight classes; shared by the tests of a class.</summary>
public sealed class OrganizationApps : IAsyncLifetime
{
    private readonly SmtpServer _mail = new();
    private readonly Dictionary<Db, PlatformApp> _apps = [];

    public SmtpServer Mail => _mail;

    public PlatformApp this[Db database] => _apps[database];

    /// <summary>Settings that lift the limits of the tight classes.</summary>
    public static readonly (string Key, string Value)[] Unlimited = [("RateLimit:Limits:sensitive", "100000"), ("RateLimit:Limits:invitation", "100000"), ("RateLimit:Limits:default", "100000")];

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        foreach (var database in Enum.GetValues<Db>())
            _apps[database] = await PlatformApp.StartAsync(database, settings: [.. Unlimited, .. _mail.Settings, ("Platform:PublicUrl", "https://platform.example/")]);
    }

    public async Task DisposeAsync()
    {
        foreach (var app in _apps.Values)
            await app.DisposeAsync();
        await _mail.DisposeAsync();
    }
}

internal static class AppData
{
    /// <summary>Asks the database past all tenants.</summary>
    public static async Task<T> AskAsync<T>(this PlatformApp app, Func<PlatformDbContext, Task<T>> question)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        return await question(scope.ServiceProvider.GetRequiredService<PlatformDbContext>());
    }

    /// <summary>Gives a member a custom role of these permissions in the whole organization, past all rules.</summary>
    public static async Task<Guid> GiveRoleAsync(this PlatformApp app, Guid organizationId, Guid userId, params string[] permissions)
    {
        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var role = new Role
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = organizationId,
            Name = $"role {Guid.CreateVersion7(now)}",
            NameKey = $"role {Guid.CreateVersion7(now)}",
            Permissions = permissions,
            Closure = permissions,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await app.AskAsync(async db =>
        {
            db.Add(role);
            db.Add(new RoleAssignment { Id = Guid.CreateVersion7(now), OrganizationId = organizationId, UserId = userId, RoleId = role.Id, AssignedAt = now });
            return await db.SaveChangesAsync();
        });
        app.Services.GetRequiredService<SessionDirectory>().ForgetAll();
        return role.Id;
    }

    /// <summary>Stores a secret of the organization, so that it has a data key.</summary>
    public static async Task SealAsync(this PlatformApp app, Guid organizationId)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.System(organizationId));
        await scope.ServiceProvider.GetRequiredService<ISecretBox>().SealAsync(organizationId, "tests/sample/value", "secret", CancellationToken.None);
        await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().SaveChangesAsync();
    }

    /// <summary>The user with a new session.</summary>
    public static async Task<TestUser> SignInAgainAsync(this PlatformApp app, TestUser user)
    {
        using var form = PlatformApp.LoginForm(user.Username, PlatformApp.Password);
        var answer = await (await app.Anonymous.PostAsync("/api/v1/auth/login", form)).EnsureSuccessStatusCode().JsonAsync();
        var token = answer.Text("access_token");
        return user with { Token = token, CsrfToken = answer.Text("csrf_token"), Client = app.Client(headers => headers.Authorization = new("Bearer", token)) };
    }

    /// <summary>A unit of work in the user's name, as in a request to the organization.</summary>
    public static async Task<AsyncServiceScope> ActAsync(this PlatformApp app, TestUser user, Guid organizationId)
    {
        var access = await app.Services.GetRequiredService<AccessDirectory>().FindAsync(user.Id, organizationId, CancellationToken.None);
        var caller = new Caller { Kind = CallerKind.User, UserId = user.Id, Username = user.Username, Credential = CredentialKind.Bearer };
        return app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(caller.At(access, projectId: null));
    }
}
