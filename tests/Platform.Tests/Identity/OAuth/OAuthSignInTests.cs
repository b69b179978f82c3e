using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Identity.OAuth;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity.OAuth;

public sealed class OAuthSignInTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignIn_UnknownAccount_MakesAUserWithAPlaceAndASession(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        var account = FakeAccount.New() with { Name = "Mona Lisa", Primary = "mona@example.com" };
        var browser = lab.Browser();

        Assert.Equal("/tasks?a=b", await browser.SignInAsync(account, "/tasks?a=b"));

        Assert.Equal(["credential", "github", "vercel"], (await browser.GetAsync("/api/auth")).GetProperty("providers").EnumerateArray().Select(provider => provider.GetString()));
        var info = await browser.GetAsync("/api/auth/info");
        Assert.Equal("github", info.GetProperty("authProvider").GetString());
        var user = info.GetProperty("user");
        Assert.Equal((account.Login, "Mona Lisa", "mona@example.com", $"https://pictures.test/{account.Id}"),
            (user.GetProperty("username").GetString(), user.GetProperty("name").GetString(), user.GetProperty("email").GetString(), user.GetProperty("avatar").GetString()));
        Assert.NotNull(browser.Cookie("access_token"));
        Assert.NotNull(browser.Cookie("csrf_token"));
        Assert.Null(browser.Cookie("oauth_state", "/api/auth"));
        var id = user.GetProperty("id").GetGuid();
        await lab.InDatabaseAsync(async rows =>
        {
            var made = await rows.Users.SingleAsync(found => found.Id == id);
            Assert.Equal((null, true, true), (made.PasswordHash, made.EmailVerified, made.LastLoginAt is not null));
            var organization = await rows.Organizations.SingleAsync(found => found.PersonalUserId == id);
            Assert.Equal(1, await rows.Projects.CountAsync(project => project.OrganizationId == organization.Id && project.IsDefault));
            var identity = await rows.LinkedIdentities.SingleAsync(found => found.UserId == id);
            Assert.Equal(($"{account.Id}", organization.Id, true, false, "repo,read:user"), (identity.ExternalUserId, identity.OrganizationId, identity.IsPrimary, identity.NeedsReauth, identity.Scope));
            Assert.NotNull((await rows.OAuthFlows.SingleAsync()).ConsumedAt);
            Assert.Equal(SignInMethod.Github, (await rows.Sessions.SingleAsync(session => session.UserId == id)).Method);
            Assert.Equal(["user_logged_in", "user_registered"], await rows.Events.Where(e => e.UserId == id).Select(e => e.EventType).Order().ToListAsync());
            Assert.Contains("github", (await rows.Events.SingleAsync(e => e.UserId == id && e.EventType == "user_logged_in")).Payload, StringComparison.Ordinal);
            return true;
        });

        var again = lab.Browser();
        Assert.Equal("/", await again.SignInAsync(account with { Login = "renamed", Name = "Mona" }));
        Assert.Equal((id, "Mona", account.Login), (await again.UserIdAsync(), (await again.GetAsync("/api/auth/info")).GetProperty("user").GetProperty("name").GetString(),
            (await again.GetAsync("/api/auth/info")).GetProperty("user").GetProperty("username").GetString()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignIn_SameNewAccountManyTimesAtOnce_MakesOneUser(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        var account = FakeAccount.New() with { Primary = "mona@example.com" };

        var users = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            var browser = lab.Browser();
            Assert.Equal("/", await browser.SignInAsync(account));
            return await browser.UserIdAsync();
        }));

        Assert.Single(users.Distinct());
        Assert.Equal(1, await lab.InDatabaseAsync(rows => rows.LinkedIdentities.CountAsync()));
    }

    /// <summary>PostgreSQL only: on SQLite nobody commits between two statements of a transaction.</summary>
    [Fact]
    public async Task SignIn_AccountMadeBetweenTwoStatements_IsLockedBeforeItIsUsed()
    {
        var locks = new IdentityLocks();
        await using var lab = await OAuthLab.StartAsync(Db.Postgres, services => services.ConfigureDbContext<PlatformDbContext>((_, options) => options.AddInterceptors(locks)));
        var account = FakeAccount.New();
        locks.AfterTheFirst = () => lab.Browser().SignInAsync(account); // while the outer sign-in has found nothing to lock

        Assert.Equal("/", await lab.Browser().SignInAsync(account));

        Assert.Equal([0, 0, 1, 1], locks.Rows); // the outer one's vain attempt, the inner one's two, and the outer one's second
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignIn_NamesakesAtOnce_GetNamesOfTheirOwn(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        await lab.App.CreateUserAsync("Mona");

        var names = await Task.WhenAll(Enumerable.Range(1, 6).Select(async number =>
        {
            var browser = lab.Browser();
            Assert.Equal("/", await browser.SignInAsync(new FakeAccount(number, "mona")));
            return (await browser.GetAsync("/api/auth/info")).GetProperty("user").GetProperty("username").GetString();
        }));

        Assert.Equal(["mona-2", "mona-3", "mona-4", "mona-5", "mona-6", "mona-7"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task SignIn_WithoutEmailAndPassword_IsAUserInEveryFamily()
    {
        await using var lab = await OAuthLab.StartAsync();
        var account = FakeAccount.New();
        var (browser, id) = await lab.GitHubUserAsync(account);

        var me = await browser.GetAsync("/api/v1/auth/me");
        Assert.Equal((id, account.Login, JsonValueKind.Null), (me.GetProperty("user_id").GetGuid(), me.GetProperty("username").GetString(), me.GetProperty("email").ValueKind));
        foreach (var password in (string[])["", "null", PlatformApp.Password])
        {
            using var form = PlatformApp.LoginForm(account.Login, password);
            Assert.NotEqual(HttpStatusCode.OK, (await lab.App.Anonymous.PostAsync("/api/v1/auth/login", form)).StatusCode);
        }
        Assert.Equal("/", await lab.Browser().SignInAsync(FakeAccount.New()));   // another one without e-mail
    }

    [Fact]
    public async Task SignIn_EmailOfAnotherUser_IsRefusedAndLinksNobody()
    {
        await using var lab = await OAuthLab.StartAsync();
        var owner = await lab.App.CreateUserAsync();
        var browser = lab.Browser();

        Assert.Equal("/?error=email_in_use", await browser.SignInAsync(FakeAccount.New() with { Primary = owner.Email.ToUpperInvariant() }, "/tasks"));

        Assert.Null(browser.Cookie("access_token"));
        await lab.InDatabaseAsync(async rows =>
        {
            Assert.Equal(0, await rows.LinkedIdentities.CountAsync());
            var failed = await rows.Events.SingleAsync(e => e.EventType == "auth_failed");
            Assert.Contains("email_in_use", failed.Payload, StringComparison.Ordinal);
            return true;
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SignIn_DisabledOrBannedUser_IsRefused(bool banned)
    {
        await using var lab = await OAuthLab.StartAsync();
        var account = FakeAccount.New();
        var (_, id) = await lab.GitHubUserAsync(account);
        await lab.InDatabaseAsync(rows => banned
            ? rows.Users.Where(user => user.Id == id).ExecuteUpdateAsync(set => set.SetProperty(user => user.BannedUntil, DateTimeOffset.MaxValue.AddDays(-1)))
            : rows.Users.Where(user => user.Id == id).ExecuteUpdateAsync(set => set.SetProperty(user => user.IsActive, false)));

        var browser = lab.Browser();
        Assert.Equal("/?error=account_disabled", await browser.SignInAsync(account));
        Assert.Null(browser.Cookie("access_token"));
    }

    [Theory]
    [InlineData("Auth:SignupEnabled", "false", "mona@example.com", "/?error=signup_disabled")]
    [InlineData("Auth:AllowedEmailDomains:0", "corp.test", "mona@example.com", "/?error=signup_disabled")]
    [InlineData("Auth:AllowedEmailDomains:0", "corp.test", null, "/?error=signup_disabled")]
    [InlineData("Auth:AllowedEmailDomains:0", "corp.test", "mona@corp.test", "/")]
    public async Task SignIn_UnknownAccount_PassesTheGatesOfSignUp(string key, string value, string? email, string end)
    {
        await using var lab = await OAuthLab.StartAsync(settings: (key, value));
        Assert.Equal(end, await lab.Browser().SignInAsync(FakeAccount.New() with { Primary = email }));
        Assert.Equal(end == "/" ? 1 : 0, await lab.InDatabaseAsync(rows => rows.LinkedIdentities.CountAsync()));
    }

    [Theory]
    [InlineData("shown@example.com", null, true, "shown@example.com", false)]
    [InlineData("other@example.com", null, true, "other@example.com", true)]   // the list has it as verified
    [InlineData(null, "primary@example.com", true, "primary@example.com", true)]
    [InlineData(null, "primary@example.com", false, null, false)]
    [InlineData(null, null, true, null, false)]
    [InlineData("no address", null, true, null, false)]
    public async Task SignIn_Email_IsThePublicOrThePrimaryVerifiedOne(string? shown, string? primary, bool verified, string? email, bool counts)
    {
        await using var lab = await OAuthLab.StartAsync();
        var (_, id) = await lab.GitHubUserAsync(FakeAccount.New() with { Email = shown, Primary = primary, Verified = verified });
        var user = await lab.InDatabaseAsync(rows => rows.Users.SingleAsync(found => found.Id == id));
        Assert.Equal((email, counts), (user.Email, user.EmailVerified));
    }

    [Theory]
    [InlineData(Db.Sqlite, false)]
    [InlineData(Db.Postgres, true)]
    public async Task SignIn_WithVercel_OpensASessionAndKeepsTheRefreshToken(Db db, bool hideUser)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        lab.Providers.HideVercelUser = hideUser;
        var browser = lab.Browser();
        var account = FakeAccount.New() with { Name = "Mona", Email = "mona@example.com" };

        Assert.Equal("/x", await browser.SignInWithVercelAsync(account, "/x"));

        var info = await browser.GetAsync("/api/auth/info");
        Assert.Equal(("vercel", "Mona", $"{lab.Providers.Address}/vercel/www/avatar/0a1b2c"),
            (info.GetProperty("authProvider").GetString(), info.GetProperty("user").GetProperty("name").GetString(), info.GetProperty("user").GetProperty("avatar").GetString()));
        var identity = await lab.InDatabaseAsync(rows => rows.LinkedIdentities.SingleAsync());
        Assert.Equal((IdentityProvider.Vercel, $"vercel-{account.Id}", true), (identity.Provider, identity.ExternalUserId, identity.RefreshToken is not null && identity.ExpiresAt is not null));
        Assert.False(await lab.InDatabaseAsync(rows => rows.Users.Where(user => user.Id == identity.UserId).Select(user => user.EmailVerified).SingleAsync()));
    }

    [Fact]
    public async Task SignIn_AtAnotherGitHubServer_IsAnotherPersonWithTheSameNumber()
    {
        var account = FakeAccount.New();
        await using var lab = await OAuthLab.StartAsync(settings: ("GitHub:Hosts:0:Host", "GHE.example"));
        await lab.GitHubUserAsync(account);
        Assert.Equal($"ghe.example/{account.Id}", await lab.InDatabaseAsync(rows => rows.LinkedIdentities.Select(identity => identity.ExternalUserId).SingleAsync()));
    }

    [Fact]
    public async Task Info_VercelUser_RefreshesHisProfileAtMostEveryFiveMinutes()
    {
        var clock = new ShiftedClock();
        await using var lab = await OAuthLab.StartAsync(configure: services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(services, clock));
        var browser = lab.Browser();
        var account = FakeAccount.New() with { Name = "Before" };
        await browser.SignInWithVercelAsync(account);
        lab.Providers.Rename(account with { Name = "After" });
        var reads = lab.Providers.ProfileReads;

        Assert.Equal("Before", await NameAsync());
        Assert.Equal(reads, lab.Providers.ProfileReads);
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("After", await NameAsync());
        Assert.Equal("After", await NameAsync());
        Assert.Equal(reads + 1, lab.Providers.ProfileReads);

        clock.Advance(TimeSpan.FromMinutes(6));
        lab.Providers.Mischief = Mischief.HidesProfile;
        Assert.Equal("After", await NameAsync());
        Assert.Equal(reads + 3, lab.Providers.ProfileReads);   // both addresses were asked

        async Task<string?> NameAsync() => (await browser.GetAsync("/api/auth/info")).GetProperty("user").GetProperty("name").GetString();
    }

    [Fact]
    public async Task Info_SignedOutAndWithPassword_SaysSo()
    {
        await using var lab = await OAuthLab.StartAsync();
        Assert.Equal("""{"user":null,"authProvider":null}""", await lab.App.Anonymous.GetStringAsync("/api/auth/info"));
        Assert.Equal("""{"connected":false}""", await lab.App.Anonymous.GetStringAsync("/api/auth/github/status"));
        var (browser, user) = await lab.UserAsync();
        var info = await browser.GetAsync("/api/auth/info");
        Assert.Equal(("password", user.Id), (info.GetProperty("authProvider").GetString(), info.GetProperty("user").GetProperty("id").GetGuid()));
        using var bad = lab.App.Client(headers => headers.Authorization = new("Bearer", "nonsense"));
        Assert.Equal(HttpStatusCode.OK, (await bad.GetAsync("/api/auth/info")).StatusCode);
    }

    /// <summary>How many rows each statement locked that locks a provider's account.</summary>
    private sealed class IdentityLocks : DbCommandInterceptor
    {
        private readonly ConcurrentQueue<int> _rows = new();
        private int _count;

        public Func<Task>? AfterTheFirst { get; set; }

        public IReadOnlyCollection<int> Rows => _rows;

        public override async ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            if (!command.CommandText.Contains("SET updated_at = l.updated_at", StringComparison.Ordinal) || !command.CommandText.Contains("linked_identities", StringComparison.Ordinal))
                return result;
            _rows.Enqueue(result);
            if (Interlocked.Increment(ref _count) == 1)
                await AfterTheFirst!();
            return result;
        }
    }
}
