using System.Text.Json;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Workflows;

namespace Platform.Tests.Events;

public sealed class EventStoreTests
{
    [Fact]
    public async Task Raise_WritesPayloadWithoutTheEnvelopesMembers()
    {
        await using var database = await TestDatabase.CreateAsync();
        var me = TestCallers.User();
        await using var scope = database.As(me);
        scope.Get<CallerScope>().CorrelationId = "corr-1";
        var raised = scope.Db.Raise(new SampleEvent("a", null));

        Assert.Equal("""{"name":"a","amount":null,"aggregate":"sample-1"}""", raised.Payload);
        Assert.Equal(me.UserId, raised.UserId);
        Assert.Equal(me.OrganizationId, raised.OrganizationId);
        Assert.Equal(database.Clock.GetUtcNow().AddDays(90), raised.TtlExpiresAt);
        var metadata = raised.ReadMetadata();
        Assert.Equal("corr-1", metadata.CorrelationId);
        Assert.Equal(me.UserId, metadata.UserId);
    }

    [Fact]
    public async Task SaveChanges_ChangedEvent_IsRefusedButItsOutcomeIsNot()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Caller.Platform);
        scope.Db.Raise(new SampleEvent("a", 1));
        await scope.Db.SaveChangesAsync();
        var stored = await scope.Db.Events.SingleAsync();
        stored.SetOutcome("failed", "why");
        await scope.Db.SaveChangesAsync();
        scope.Db.Entry(stored).Property(e => e.Payload).CurrentValue = "{}";
        await Assert.ThrowsAsync<InvalidOperationException>(() => scope.Db.SaveChangesAsync());
    }

    [Fact]
    public async Task SaveChanges_OutboxRows_WakesTheRelayAfterTheCommitOnly()
    {
        var signal = new CountingSignal();
        await using var database = await TestDatabase.CreateAsync(
            services => services.AddSingleton<IOutboxSignal>(signal).AddSingleton(new EventSubscription("c", typeof(EventStoreTests), ["sample_event"])));
        await using var scope = database.As(Caller.Platform);

        scope.Db.ConsumerOffsets.Add(new ConsumerOffset { Consumer = "c", AggregateId = "a" });
        await scope.Db.SaveChangesAsync();
        Assert.Equal(0, signal.Count);

        scope.Db.Raise(new SampleEvent("a", 1));
        await scope.Db.SaveChangesAsync();
        Assert.Equal(1, signal.Count);

        await scope.Db.InTransactionAsync(
            async () =>
            {
                scope.Get<IWorkflows>().Start("Run", "i-1", new { A = 1 });
                await scope.Db.SaveChangesAsync();
                Assert.Equal(1, signal.Count);
                return 0;
            },
            CancellationToken.None);
        Assert.Equal(2, signal.Count);
    }

    [Fact]
    public async Task SaveChanges_FailedTransaction_KeepsNeitherEventNorWorkflowAndWakesNobody()
    {
        var signal = new CountingSignal();
        await using var database = await TestDatabase.CreateAsync(services => services.AddSingleton<IOutboxSignal>(signal));
        await using (var scope = database.As(Caller.Platform))
        {
            await Assert.ThrowsAsync<IOException>(() => scope.Db.InTransactionAsync<int>(
                async () =>
                {
                    scope.Db.Raise(new SampleEvent("a", 1));
                    scope.Get<IWorkflows>().Start("Run", "i-1", new { A = 1 });
                    await scope.Db.SaveChangesAsync();
                    throw new IOException("later");
                },
                CancellationToken.None));
        }

        await using var after = database.As(Caller.Platform);
        Assert.Equal(0, signal.Count);
        Assert.Empty(await after.Db.Events.ToListAsync());
        Assert.Empty(await after.Db.Set<WorkflowMessage>().ToListAsync());
        after.Db.ConsumerOffsets.Add(new ConsumerOffset { Consumer = "c", AggregateId = "a" }); // the gate was given back
        await after.Db.SaveChangesAsync();
    }

    [Fact]
    public void Catalog_OfTheProduct_KnowsTopicAndRequiredFields()
    {
        var catalog = new EventCatalog();
        var requested = catalog.Find("execution_requested")!;
        Assert.Equal("execution_events", requested.Topic);
        Assert.Contains("runtime_command", requested.RequiredFields);
        Assert.DoesNotContain("retried_from", requested.RequiredFields);
        Assert.DoesNotContain("event_type", requested.RequiredFields);

        var sample = new EventCatalog(typeof(SampleEvent).Assembly).Find("sample_event")!;
        using var payload = JsonDocument.Parse("""{"name":null}""");
        Assert.Equal(["name"], sample.MissingFields(payload.RootElement));
    }

    private sealed class CountingSignal : IOutboxSignal
    {
        public int Count { get; private set; }

        public void Wake() => Count++;
    }
}
