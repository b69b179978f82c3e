using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;
using Platform.Webhooks;

namespace Platform.Tests.Webhooks;

/// <summary>Several nodes, nodes that die, receivers that hold others up, and what stands in clear.</summary>
[Collection(PostgresServer.Collection)]
public sealed class WebhookNodeTests(PostgresServer postgres)
{
    private static readonly string MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public async Task TwoNodes_DeliverEachEventOnce_AndNeverMoreThanAWebhookMayHave()
    {
        const int Events = 60;
        var connection = await postgres.CreateMigratedDatabaseAsync();
        await using var one = await WebhookLab.StartAsync(Db.Postgres, connection, settings: ("Secrets:MasterKey", MasterKey));
        await using var two = await WebhookLab.StartAsync(Db.Postgres, connection, one.Receiver, settings: ("Secrets:MasterKey", MasterKey));
        var user = await one.App.CreateUserAsync();
        var hook = await one.CreateAsync(user);
        var (running, most) = (0, 0);
        var counter = new Lock();
        one.Receiver.Reply(hook.Path, async _ =>
        {
            lock (counter)
                most = Math.Max(most, ++running);
            await Task.Delay(30);
            lock (counter)
                running--;
        });

        await Task.WhenAll(Enumerable.Range(0, Events).Select(_ => one.RaiseAsync(user)));
        await Until.TrueAsync(
            async () =>
            {
                two.Look(); // as its timer would
                return (await one.DeliveriesAsync(hook.Id)).Count(row => row.Status == DeliveryStatus.Delivered) == Events;
            },
            "everything is delivered",
            seconds: 60);

        var received = one.Receiver.At(hook.Path);
        Assert.Equal(Events, received.Count);
        Assert.Equal(Events, received.Select(got => got.Headers["webhook-id"]).Distinct().Count());
        Assert.InRange(most, 1, 5);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Node_DiedInAnAttempt_TheAttemptIsMadeAgainWhenItsLeaseHasRunOut(Db database)
    {
        await using var lab = await WebhookLab.StartAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { retryPolicy = new { timeoutSeconds = 30 } });
        lab.Receiver.Answer(hook.Path, 500);
        await lab.RaiseAsync(user);
        var delivery = await lab.UntilAsync(hook.Id, DeliveryStatus.Retrying);
        var end = lab.Clock.GetUtcNow().AddSeconds(60);
        await lab.App.InDatabaseAsync(db => db.WebhookDeliveries.Where(row => row.Id == delivery.Id).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.Status, DeliveryStatus.Delivering).SetProperty(row => row.ClaimId, (Guid?)Guid.CreateVersion7()).SetProperty(row => row.DueAt, (DateTimeOffset?)end)));

        lab.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(DeliveryStatus.Delivering, Assert.Single(await lab.DeliveriesAsync(hook.Id)).Status);
        lab.Advance(TimeSpan.FromSeconds(41));

        await lab.UntilAsync(hook.Id, DeliveryStatus.Delivered);
        Assert.Equal(2, lab.Receiver.At(hook.Path).Count);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Outcome_OfALostClaim_ChangesNothing(Db database)
    {
        await using var lab = await WebhookLab.StartAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);
        await lab.RaiseAsync(user);
        var delivered = await lab.UntilAsync(hook.Id, DeliveryStatus.Delivered);
        await ClaimAsync(Guid.CreateVersion7());
        var claimed = Assert.Single(await lab.DeliveriesAsync(hook.Id));
        await ClaimAsync(null);
        var slot = new DueWebhook(hook.Id, delivered.OrganizationId, IsFailing: false, IsProven: true);
        var late = new ClaimedDelivery(claimed, await lab.WebhookAsync(hook.Id), slot, lab.Clock.GetUtcNow());

        await using (var scope = lab.App.As(Platform.Identity.Caller.Platform))
        {
            var result = new AttemptResult(lab.Clock.GetUtcNow(), 1, 500, "http_500") { RequestHeaders = new Dictionary<string, string>() };
            await scope.ServiceProvider.GetRequiredService<DeliveryOutcome>().RecordAsync([new EndedAttempt(late, result)], CancellationToken.None);
        }

        var after = Assert.Single(await lab.DeliveriesAsync(hook.Id));
        Assert.Equal((DeliveryStatus.Delivered, 1), (after.Status, after.AttemptCount));
        Assert.False((await lab.WebhookAsync(hook.Id)).IsFailing);

        Task ClaimAsync(Guid? claim) =>
            lab.App.InDatabaseAsync(db => db.WebhookDeliveries.Where(row => row.Id == delivered.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.ClaimId, claim)));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task DeadReceivers_SlowNobodyElse(Db database)
    {
        await using var lab = await WebhookLab.StartAsync(database, settings: [("Webhooks:MaxConcurrent", "12"), ("RateLimit:Enabled", "false")]);
        List<(TestUser User, Hook Hook)> dead = [];
        for (var i = 0; i < 3; i++)
        {
            var victim = await lab.App.CreateUserAsync();
            for (var j = 0; j < 4; j++)
            {
                var hook = await lab.CreateAsync(victim, new { retryPolicy = new { timeoutSeconds = 30 } });
                lab.Receiver.Answer(hook.Path, [.. Enumerable.Repeat(Receiver.Silent, 100)]);
                dead.Add((victim, hook));
            }
        }

        await lab.App.InDatabaseAsync(db => db.Webhooks.ExecuteUpdateAsync(set => set.SetProperty(row => row.IsFailing, true))); // they have failed before
        foreach (var victim in dead.Select(one => one.User).Distinct())
        {
            for (var i = 0; i < 5; i++)
                await lab.RaiseAsync(victim);
        }

        await Until.TrueAsync(() => dead.Sum(one => lab.Receiver.At(one.Hook.Path).Count) >= 6, "the dead receivers have all that they can get");
        var user = await lab.App.CreateUserAsync();
        var healthy = await lab.CreateAsync(user);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 20; i++)
            await lab.RaiseAsync(user);

        await Until.TrueAsync(() => lab.Receiver.At(healthy.Path).Count == 20, "the healthy receiver has everything");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Equal(6, dead.Sum(one => lab.Receiver.At(one.Hook.Path).Count)); // half of twelve, and nobody of them twice
        Assert.All(dead, one => Assert.InRange(lab.Receiver.At(one.Hook.Path).Count, 0, 1));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task NewWebhook_HasOneAttemptAtATime_UntilItHasTakenSomething(Db database)
    {
        await using var lab = await WebhookLab.StartAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);
        using var gate = new SemaphoreSlim(0);
        lab.Receiver.Reply(hook.Path, http => gate.WaitAsync(http.RequestAborted));
        for (var i = 0; i < 8; i++)
            await lab.RaiseAsync(user);
        await Until.TrueAsync(async () => (await lab.DeliveriesAsync(hook.Id)).Count == 8, "all wait");
        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count == 1, "the first is on its way");

        gate.Release();
        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count == 6, "five more are");
        Assert.Equal(5, (await lab.DeliveriesAsync(hook.Id)).Count(row => row.Status == DeliveryStatus.Delivering));
        gate.Release(10);
        await Until.TrueAsync(async () => (await lab.DeliveriesAsync(hook.Id)).All(row => row.Status == DeliveryStatus.Delivered), "all are delivered");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Backlog_ThatIsFull_IsLoggedAsFailed(Db database)
    {
        await using var lab = await WebhookLab.StartAsync(database, settings: ("Webhooks:MaxWaiting", "10"));
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { retryPolicy = new { initialDelaySeconds = 3600 } });
        lab.Receiver.Answer(hook.Path, [.. Enumerable.Repeat(500, 20)]);

        foreach (var count in (int[])[1, 10, 12]) // from the first on the room is known; events that come at once before may count it twice
        {
            for (var i = (await lab.DeliveriesAsync(hook.Id)).Count; i < count; i++)
                await lab.RaiseAsync(user);
            await Until.TrueAsync(async () => (await lab.DeliveriesAsync(hook.Id)).Count == count, "each event has its delivery");
        }

        var refused = (await lab.DeliveriesAsync(hook.Id)).Where(row => row.Status == DeliveryStatus.Failed).ToList();
        Assert.Equal(2, refused.Count);
        Assert.All((await lab.LogAsync(user, hook.Id, "?status=failed")), row => Assert.Equal("backlog_full", row.GetProperty("attempts")[0].GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Secrets_StandNowhereInClear(Db database)
    {
        const string Header = "needle-of-a-header";
        using var log = new CapturedLogs(LogLevel.Debug);
        await using var lab = await WebhookLab.StartAsync(database, log: log);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { headers = new Dictionary<string, string> { ["Authorization"] = Header } });
        lab.Receiver.Answer(hook.Path, 500);
        lab.Receiver.Reply(hook.Path, async http => await http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"you sent {http.Request.Headers.Authorization}")));
        await lab.RaiseAsync(user);
        await lab.UntilAsync(hook.Id, DeliveryStatus.Retrying);
        var fresh = (await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { rotateSecret = true })).GetProperty("secret").GetString()!;
        var tested = await WebhookLab.DoAsync(user, HttpMethod.Post, $"{hook.Route}/test");
        Assert.Equal("you sent ********", tested.GetProperty("responseBody").GetString());

        string[] secrets = [Header, hook.Secret["whsec_".Length..], fresh["whsec_".Length..]];
        var answers = string.Join('\n', await lab.LogAsync(user, hook.Id, "?include=payload")) + await user.Client.GetStringAsync("/api/dev/webhooks");
        Assert.DoesNotContain(secrets, secret => answers.Contains(secret, StringComparison.Ordinal));
        Assert.Contains("Authorization", answers, StringComparison.OrdinalIgnoreCase);
        Assert.True(log.Lines.Count > 20, "the log is seen");
        Assert.DoesNotContain(log.Lines, line => secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal)));
        foreach (var secret in secrets)
            Assert.Empty(await FindAsync(lab.App, secret));
    }

    /// <summary>The columns of the platform's database that hold the text.</summary>
    private static Task<List<string>> FindAsync(PlatformApp app, string text) => app.InDatabaseAsync(async db =>
    {
        List<string> found = [];
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct())
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
                found.AddRange(Enumerable.Range(0, row.FieldCount).Where(i => row.GetValue(i).ToString()!.Contains(text, StringComparison.Ordinal)).Select(i => $"{table}.{row.GetName(i)}"));
        }

        return found;
    });
}
