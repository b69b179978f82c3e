using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity.OAuth;
using Platform.Secrets;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity.OAuth;

public sealed class OAuthSecrecyTests
{
    [Fact]
    public async Task Flows_Finished_LeaveNoSecretInLogsEventsAuditOrRows()
    {
        var log = new CapturedLog();
        await using var lab = await OAuthLab.StartAsync(configure: services => services.AddSingleton<ILoggerProvider>(log));
        var (browser, _) = await lab.UserAsync();
        List<string> secrets = [FakeProviders.ClientSecret];
        foreach (var mischief in (Mischief[])[Mischief.RefusesCode, Mischief.BreaksToken, Mischief.HidesProfile, Mischief.None])
        {
            lab.Providers.Mischief = mischief;
            var query = lab.Providers.Authorize(await browser.StartAsync(), FakeAccount.New());
            secrets.Add(browser.Cookie("oauth_state", "/api/auth")!);
            await browser.Client.GetAsync(Browser.GitHubCallback + query);
        }
        await lab.Browser().SignInWithVercelAsync(FakeAccount.New());
        Assert.True((await browser.PostAsync("/api/auth/github/disconnect")).IsSuccessStatusCode);
        secrets.AddRange([.. lab.Providers.Exchanges, .. lab.Providers.Verifiers, .. lab.Providers.Tokens]);

        var rows = await lab.InDatabaseAsync(async db => JsonSerializer.Serialize(new
        {
            Events = await db.Events.AsNoTracking().ToListAsync(),
            Audit = await db.AuditEntries.AsNoTracking().ToListAsync(),
            Flows = await db.OAuthFlows.AsNoTracking().ToListAsync(),
            Identities = await db.LinkedIdentities.AsNoTracking().ToListAsync(),
        }));
        Assert.True(secrets.Count > 12 && !log.Lines.IsEmpty);
        Assert.Contains("identity.linked", rows, StringComparison.Ordinal);
        Violations.None(secrets.Where(secret => rows.Contains(secret, StringComparison.Ordinal)).Select(secret => $"a row holds {secret}"));
        Violations.None(log.Lines.Where(line => secrets.Exists(secret => line.Contains(secret, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Tokens_Stored_AreSealedForTheirRow()
    {
        await using var lab = await OAuthLab.StartAsync();
        await lab.GitHubUserAsync(FakeAccount.New());
        await lab.GitHubUserAsync(FakeAccount.New());
        var opened = await lab.InDatabaseAsync(async (db, services) =>
        {
            var identities = await db.LinkedIdentities.OrderBy(identity => identity.CreatedAt).ToListAsync();
            var tokens = services.GetRequiredService<IdentityTokens>();
            var own = await tokens.OpenAsync(identities[0], CancellationToken.None);
            await db.LinkedIdentities.Where(identity => identity.Id == identities[0].Id).ExecuteUpdateAsync(set => set.SetProperty(identity => identity.AccessToken, identities[1].AccessToken));
            var swapped = await db.LinkedIdentities.AsNoTracking().SingleAsync(identity => identity.Id == identities[0].Id);
            return (own, foreign: await tokens.OpenAsync(swapped, CancellationToken.None));
        });

        Assert.Equal((lab.Providers.Tokens.First(), null), opened);
    }

    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
