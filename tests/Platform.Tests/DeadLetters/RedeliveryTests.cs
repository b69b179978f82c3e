using System.Collections.Concurrent;

using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.DeadLetters;

[Collection(PostgresServer.Collection)]
public sealed class RedeliveryTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Consumer_FailsAtEveryTry_ItsEventIsPutBackToItAlone(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        lab.Failing.Consumers.Add(DeadLetterLab.First);
        var stored = await lab.RaiseAsync();

        await AdvanceUntilAsync(lab, lab.DeliverAsync(new EventNotice(stored.EventId, stored.EventType, stored.AggregateId)));
        Assert.Equal([DeadLetterLab.Second], lab.Failing.Handled.Select(handled => handled.Consumer));
        Assert.Equal(DeadLetterStatus.Scheduled, (await lab.LetterAsync(stored)).Status);

        lab.Failing.Consumers.Clear();
        lab.Database.Clock.Advance(TimeSpan.FromSeconds(67));
        Assert.Equal(1, await lab.RetryDueAsync());
        await lab.DeliverAsync(lab.Sent.Last);

        Assert.Equal([DeadLetterLab.Second, DeadLetterLab.First], lab.Failing.Handled.Select(handled => handled.Consumer));
        Assert.Equal(DeadLetterStatus.Retried, (await lab.LetterAsync(stored)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoConsumers_FailOnOneEvent_BothGetItAgain(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        var stored = await lab.RaiseAsync();
        await lab.FailAsync(stored, DeadLetterLab.First);
        await lab.FailAsync(stored, DeadLetterLab.Second);

        Assert.Null(await lab.RetryAsync(stored));
        foreach (var message in lab.Sent.Messages)
            await lab.DeliverAsync(EventNotice.Parse(message.Body));

        Assert.Equal([DeadLetterLab.First, DeadLetterLab.Second], lab.Failing.Handled.Select(handled => handled.Consumer).Order());
        Assert.Equal(2, lab.Sent.Messages.Select(message => message.Id).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retry_EventIsNoLongerStored_HandlesTheCopy(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        var stored = await lab.FailNewAsync();
        await lab.AskAsync(db => db.Events.Where(e => e.EventId == stored.EventId).ExecuteDeleteAsync());

        Assert.Null(await lab.RetryAsync(stored));
        await lab.DeliverAsync(lab.Sent.Last);

        Assert.Equal([(DeadLetterLab.First, "a \"quoted\" name")], lab.Failing.Handled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RetryDue_AtMostAHundred_OldestFirst(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        await lab.SetAsync("sample_events", new DeadLetterPolicy(RetryStrategy.FixedInterval, 5, 10, 10, 1));
        List<PlatformEvent> all = [];
        for (var i = 0; i < 103; i++)
        {
            all.Add(await lab.FailNewAsync());
            lab.Database.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(0, await lab.RetryDueAsync());
        lab.Database.Clock.Advance(TimeSpan.FromSeconds(9) + TimeSpan.FromMilliseconds(998)); // the last one's time has not come
        Assert.Equal((100, 2, 0), (await lab.RetryDueAsync(), await lab.RetryDueAsync(), await lab.RetryDueAsync()));
        Assert.Equal(all.Take(102).Select(stored => stored.EventId), lab.Sent.Messages.Select(message => EventNotice.Parse(message.Body).EventId));
        Assert.Equal(DeadLetterStatus.Scheduled, (await lab.LetterAsync(all[^1])).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RetryDue_OnSeveralNodesAtOnce_SendsEachOnce(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        await lab.SetAsync("sample_events", new DeadLetterPolicy(RetryStrategy.Immediate, 5, 0, 0, 1));
        for (var i = 0; i < 20; i++)
            await lab.FailNewAsync();

        var counts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(lab.RetryDueAsync)));

        Assert.Equal(20, counts.Sum());
        Assert.Equal(20, lab.Sent.Messages.Count);
        Assert.Equal(20, lab.Sent.Messages.Select(message => message.Id).Distinct().Count());
        Assert.True(await lab.AskAsync(db => db.DeadLetters.AllAsync(m => m.Status == DeadLetterStatus.Retried && m.RetryCount == 1)));
        Assert.Equal(20, (await lab.NoticesAsync()).Count(type => type == "dlq_message_retried"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RetryAndDiscard_AtOnce_OneOfThemWins(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        for (var round = 0; round < 10; round++)
        {
            var stored = await lab.FailNewAsync();
            var won = new ConcurrentBag<string>();
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
            {
                if (i % 2 == 0 ? await lab.RetryAsync(stored) is null : (await lab.DiscardAsync(stored)).IsOk)
                    won.Add(i % 2 == 0 ? "retried" : "discarded");
            })));

            var letter = await lab.LetterAsync(stored);
            Assert.Equal(EnumWords<DeadLetterStatus>.ToWord(letter.Status), Assert.Single(won));
            Assert.Equal(letter.Status == DeadLetterStatus.Retried ? 1 : 0, letter.RetryCount);
            Assert.Equal(letter.RetryCount, lab.Sent.Messages.Count(message => EventNotice.Parse(message.Body).EventId == stored.EventId));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_ByTwoNodesAtOnce_IsOneLetter(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        for (var round = 0; round < 5; round++)
        {
            var stored = await lab.RaiseAsync();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => lab.FailAsync(stored))));
            Assert.Equal(DeadLetterStatus.Scheduled, (await lab.LetterAsync(stored)).Status);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retry_NothingCouldBeSent_LeavesTheLetterWaiting(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        var stored = await lab.FailNewAsync();
        lab.Sent.Fails = true;
        await Assert.ThrowsAsync<IOException>(() => lab.RetryAsync(stored));

        Assert.Equal((DeadLetterStatus.Scheduled, 0), ((await lab.LetterAsync(stored)).Status, (await lab.LetterAsync(stored)).RetryCount));
        Assert.Equal(["dlq_message_received"], await lab.NoticesAsync());
        lab.Sent.Fails = false;
        Assert.Null(await lab.RetryAsync(stored));
    }

    [Fact]
    public async Task Retry_LetterThatNoConsumerLeft_IsRefusedAndWaits()
    {
        await using var lab = await CreateAsync(onPostgres: false);
        var stored = await lab.RaiseAsync();
        await lab.AskAsync(async db =>
        {
            DeadLetterQueue.Leave(db, "result-processor", stored, "not stored", lab.Database.Clock.GetUtcNow());
            return await db.SaveChangesAsync();
        });

        Assert.Equal(DeadLetterErrors.NoConsumer, await lab.RetryAsync(stored));
        Assert.Equal(DeadLetterStatus.Pending, (await lab.LetterAsync(stored, "result-processor")).Status);
        Assert.True((await lab.DiscardAsync(stored)).IsOk);
        Assert.Equal(DeadLetterErrors.AlreadyDiscarded, await lab.RetryAsync(stored));
        Assert.Equal(["dlq_message_received", "dlq_message_discarded"], await lab.NoticesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retry_ByAnOperator_LeavesAnEventOfNobodyNobodys(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        var (owned, nobodys) = (await lab.FailNewAsync(userId: Guid.CreateVersion7(), organizationId: Guid.CreateVersion7()), await lab.FailNewAsync());
        var admin = TestCallers.User(isOperator: true);

        Assert.Equal(DeadLetterErrors.NotFound, await lab.RetryAsync(nobodys, TestCallers.User()));
        Assert.Equal(DeadLetterErrors.NotFound, await lab.RetryAsync(owned, TestCallers.User()));
        Assert.Null(await lab.RetryAsync(owned, admin));
        Assert.Null(await lab.RetryAsync(nobodys, admin));

        Assert.Equal([owned.UserId, null], await lab.AskAsync(db => db.Events.Where(e => e.EventType == "dlq_message_retried").OrderBy(e => e.RowId).Select(e => e.UserId).ToListAsync()));
        Assert.Equal(1, await lab.AskAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "operator.access" && entry.ResourceId == owned.EventId.ToString())));
    }

    private async Task<DeadLetterLab> CreateAsync(bool onPostgres) => await DeadLetterLab.CreateAsync(onPostgres ? await postgres.CreateMigratedDatabaseAsync() : null);

    // The pauses run on the fake clock; it is moved whenever the work has come to a pause.
    private static async Task AdvanceUntilAsync(DeadLetterLab lab, Task work)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!work.IsCompleted)
        {
            bound.Token.ThrowIfCancellationRequested();
            lab.Database.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(work, Task.Delay(5, bound.Token));
        }

        await work;
    }
}
