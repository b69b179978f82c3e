using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.DeadLetters;

[Collection(PostgresServer.Collection)]
public sealed class DeadLetterQueueTests(PostgresServer postgres)
{
    private static readonly DeadLetterPolicy Once = new(RetryStrategy.Immediate, 1, 0, 0, 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_DefaultPolicy_SchedulesARetryAndTellsTheOwner(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        var (user, organization) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var stored = await lab.FailNewAsync(userId: user, organizationId: organization);

        var letter = await lab.LetterAsync(stored);
        var now = lab.Database.Clock.GetUtcNow();
        Assert.Equal((DeadLetterStatus.Scheduled, 0, stored.Sequence, user, organization), (letter.Status, letter.RetryCount, letter.DlqOffset, letter.UserId!.Value, letter.OrganizationId!.Value));
        Assert.InRange(letter.NextRetryAt!.Value, now.AddSeconds(54), now.AddSeconds(66));
        var notice = await lab.AskAsync(db => db.Events.SingleAsync(e => e.EventType == "dlq_message_received"));
        Assert.Equal((user, organization), (notice.UserId!.Value, notice.OrganizationId!.Value));
        var told = notice.ReadPayload<DeadLetterReceived>();
        Assert.Equal((stored.EventId, "sample_events", "sample_event", $"{DeadLetterLab.First} could not handle the event", 0), (told.DlqEventId, told.OriginalTopic, told.OriginalEventType, told.Error, told.RetryCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_ImmediatePolicyOfOneRetry_IsRetriedOnceThenDiscarded(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        await lab.SetAsync("sample_events", Once);
        var stored = await lab.FailNewAsync();

        Assert.Equal(DeadLetterStatus.Scheduled, (await lab.LetterAsync(stored)).Status);
        Assert.Equal((1, 0), (await lab.RetryDueAsync(), await lab.RetryDueAsync()));
        var retried = await lab.LetterAsync(stored);
        Assert.Equal((DeadLetterStatus.Retried, 1, lab.Database.Clock.GetUtcNow()), (retried.Status, retried.RetryCount, retried.RetriedAt));
        await lab.FailAsync(stored, error: "boom again");

        var letter = await lab.LetterAsync(stored);
        Assert.Equal((DeadLetterStatus.Discarded, 1, "max_retries_exceeded", "boom", "boom again"), (letter.Status, letter.RetryCount, letter.DiscardReason, letter.Error, letter.LastError));
        Assert.Equal(0, await lab.RetryDueAsync());
        Assert.Equal(["dlq_message_received", "dlq_message_retried", "dlq_message_received", "dlq_message_discarded"], await lab.NoticesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_ManualPolicy_WaitsUntilAPersonRetries(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        await lab.SetAsync("sample_events", new DeadLetterPolicy(RetryStrategy.Manual, 0, 0, 0, 1));
        var stored = await lab.FailNewAsync();

        lab.Database.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((DeadLetterStatus.Pending, 0), ((await lab.LetterAsync(stored)).Status, await lab.RetryDueAsync()));

        Assert.Null(await lab.RetryAsync(stored));
        Assert.Equal(DeadLetterErrors.AlreadyRetried, await lab.RetryAsync(stored));
        Assert.Equal(DeadLetterErrors.NotFoundOrFinal, (await lab.DiscardAsync(stored)).Error);
        Assert.Single(lab.Sent.Messages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Discard_ByAPerson_IsFinal(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        var stored = await lab.FailNewAsync();

        Assert.True((await lab.DiscardAsync(stored, "known bug")).IsOk);

        var letter = await lab.LetterAsync(stored);
        Assert.Equal((DeadLetterStatus.Discarded, "manual: known bug", null), (letter.Status, letter.DiscardReason, letter.NextRetryAt));
        Assert.Equal(DeadLetterErrors.AlreadyDiscarded, await lab.RetryAsync(stored));
        Assert.Equal(DeadLetterErrors.NotFoundOrFinal, (await lab.DiscardAsync(stored)).Error);
        lab.Database.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, await lab.RetryDueAsync());
        Assert.Equal("dlq_message_discarded", (await lab.NoticesAsync())[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resolve_Policies_OrganizationThenPlatformThenTopicThenDefault(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        var (organization, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var ofOrganization = Once with { MaxRetries = 7, BaseDelaySeconds = 1.5 };

        Assert.Equal((BuiltInDeadLetterPolicies.Of("execution_events"), BuiltInDeadLetterPolicies.Default), (await ResolveAsync(organization, "execution_events"), await ResolveAsync(null, "sample_events")));
        await lab.SetAsync("execution_events", Once);
        await lab.SetAsync("execution_events", ofOrganization with { MaxRetries = 6 }, organization);
        await lab.SetAsync("execution_events", ofOrganization, organization);

        Assert.Equal((ofOrganization, Once, Once), (await ResolveAsync(organization, "execution_events"), await ResolveAsync(other, "execution_events"), await ResolveAsync(null, "execution_events")));
        Assert.Equal(BuiltInDeadLetterPolicies.Default, await ResolveAsync(organization, "saga_events"));

        async Task<DeadLetterPolicy> ResolveAsync(Guid? of, string topic)
        {
            await using var scope = lab.Database.As(Caller.Platform);
            return await scope.Get<DeadLetterPolicies>().ResolveAsync(of, topic, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sweep_WaitedTooLong_IsDiscardedAndLaterDeleted(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        List<PlatformEvent> old = [];
        for (var i = 0; i < 3; i++)
            old.Add(await lab.FailNewAsync());
        lab.Database.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(0, await lab.ExpireAsync());
        var fresh = await lab.FailNewAsync();
        lab.Database.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((3, 0), (await lab.ExpireAsync(), await lab.ExpireAsync()));
        foreach (var stored in old)
            Assert.Equal((DeadLetterStatus.Discarded, "expired"), ((await lab.LetterAsync(stored)).Status, (await lab.LetterAsync(stored)).DiscardReason));
        Assert.Equal(3, (await lab.NoticesAsync()).Count(type => type == "dlq_message_discarded"));

        Assert.Equal(0, await lab.Database.Get<DeadLetterSweep>().DeleteFinalAsync(CancellationToken.None));
        lab.Database.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        Assert.Equal(3, await lab.Database.Get<DeadLetterSweep>().DeleteFinalAsync(CancellationToken.None));
        Assert.Equal(fresh.EventId, (await lab.AskAsync(db => db.DeadLetters.SingleAsync())).EventId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cleanup_OfAnOrganization_DeletesItsPoliciesOnly(bool onPostgres)
    {
        await using var lab = await CreateAsync(onPostgres);
        var (deleted, kept) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var of in new Guid?[] { deleted, kept, null })
            await lab.SetAsync("saga_events", Once, of);

        await using var scope = lab.Database.As(Caller.System(deleted));
        await Assert.Single(scope.Services.GetServices<ITenantCleanup>()).CleanAsync(new TenantScope(deleted, null), CancellationToken.None);

        Assert.Equal([Guid.Empty, kept], await lab.AskAsync(db => db.StoredDeadLetterPolicies.OrderBy(policy => policy.Scope).Select(policy => policy.Scope).ToListAsync()));
    }

    [Fact]
    public async Task Add_FailingNoticeOfADeadLetter_MakesNoFurtherNotices()
    {
        await using var lab = await CreateAsync(onPostgres: false);
        await lab.SetAsync("dlq_events", Once);
        var stored = await lab.FailNewAsync("dlq_events");
        await lab.RetryDueAsync();
        await lab.FailAsync(stored);

        Assert.Equal(DeadLetterStatus.Discarded, (await lab.LetterAsync(stored)).Status);
        Assert.DoesNotContain(await lab.NoticesAsync(), type => type.StartsWith("dlq_message", StringComparison.Ordinal));
    }

    private async Task<DeadLetterLab> CreateAsync(bool onPostgres) => await DeadLetterLab.CreateAsync(onPostgres ? await postgres.CreateMigratedDatabaseAsync() : null);
}
