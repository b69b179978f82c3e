using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Events;

/// <summary>Units of work that only have events to store, on SQLite, while another one writes.</summary>
public sealed class EventGroupTests
{
    private const int Units = 40;
    private const int EventsOfUnit = 5;

    [Fact]
    public async Task SaveChanges_UnitsThatWaitForTheirTurn_AreStoredByOneCommitInTheOrderInWhichTheyCame()
    {
        var told = new CountingSignal();
        await using var database = await CreateAsync(told);
        List<Task> saving = [];
        using (await database.Get<WriteGate>().EnterAsync(CancellationToken.None))
        {
            for (var unit = 0; unit < Units; unit++)
                saving.Add(SaveAsync(database, unit));
            Assert.DoesNotContain(saving, task => task.IsCompleted);
        }

        await Task.WhenAll(saving);

        await using var reader = database.As(Caller.Platform);
        var stored = await reader.Db.Events.OrderBy(e => e.Sequence).ToListAsync();
        Assert.Equal(Enumerable.Range(1, Units * EventsOfUnit).Select(n => (long?)n), stored.Select(e => e.Sequence));
        Assert.Equal(Enumerable.Range(0, Units).SelectMany(unit => Enumerable.Repeat($"unit-{unit}", EventsOfUnit)), stored.Select(e => e.AggregateId));
        Assert.Equal(stored.Select(e => e.EventId), database.Get<RecentEvents>().After(0)!.Select(e => e.EventId));
        Assert.Equal(1, told.Count);
    }

    [Fact]
    public async Task SaveChanges_OneUnitOfTheGroupCannotBeStored_FailsAloneAndMayTryAgain()
    {
        await using var database = await CreateAsync(new CountingSignal());
        var taken = Guid.CreateVersion7();
        await using var first = database.As(Caller.Platform);
        first.Db.Raise(Draft(taken, "first"));
        await first.Db.SaveChangesAsync();

        await using var repeated = database.As(Caller.Platform);
        repeated.Db.Raise(Draft(taken, "repeated"));
        List<Task> others = [];
        Task refused;
        using (await database.Get<WriteGate>().EnterAsync(CancellationToken.None))
        {
            others.Add(SaveAsync(database, 0));
            refused = repeated.Db.SaveChangesAsync();
            others.Add(SaveAsync(database, 1));
        }

        await Assert.ThrowsAsync<DbUpdateException>(() => refused);
        await Task.WhenAll(others);
        await Assert.ThrowsAsync<DbUpdateException>(() => repeated.Db.SaveChangesAsync()); // still raised
        repeated.Db.Discard();
        Assert.Equal(0, await repeated.Db.SaveChangesAsync());

        await using var reader = database.As(Caller.Platform);
        var stored = await reader.Db.Events.OrderBy(e => e.Sequence).Select(e => new { e.AggregateId, e.Sequence }).ToListAsync();
        Assert.Equal(["first", .. Enumerable.Repeat("unit-0", EventsOfUnit), .. Enumerable.Repeat("unit-1", EventsOfUnit)], stored.Select(e => e.AggregateId));
        Assert.Equal(Enumerable.Range(1, stored.Count).Select(n => (long?)n), stored.Select(e => e.Sequence));
    }

    private static Task<TestDatabase> CreateAsync(CountingSignal signal) => TestDatabase.CreateAsync(
        services => services.AddSingleton<IOutboxSignal>(signal).AddSingleton(new EventSubscription("c", typeof(EventGroupTests), ["sample_event"])));

    private static async Task SaveAsync(TestDatabase database, int unit)
    {
        await using var scope = database.As(Caller.Platform);
        for (var i = 0; i < EventsOfUnit; i++)
            scope.Db.Raise(new SampleEvent($"{i}", i, $"unit-{unit}"));
        await scope.Db.SaveChangesAsync();
    }

    private static EventDraft Draft(Guid id, string aggregate) => EventLab.Draft(null, aggregate: aggregate) with { EventId = id };

    private sealed class CountingSignal : IOutboxSignal
    {
        public int Count { get; private set; }

        public void Wake() => Count++;
    }
}
