using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Data;

public sealed class UnitOfWorkTests
{
    [Fact]
    public async Task Context_AfterItsScope_RefusesToWork()
    {
        await using var database = await TestDatabase.CreateAsync();
        PlatformDbContext left;
        await using (var scope = database.As(TestCallers.User()))
            left = scope.Db;

        Assert.Throws<ObjectDisposedException>(() => left.Caller);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => left.Events.CountAsync());
    }

    [Fact]
    public async Task Context_LeasedAgain_KeepsNothingOfTheUnitBefore()
    {
        await using var database = await TestDatabase.CreateAsync();
        var me = TestCallers.User();
        PlatformDbContext first;
        await using (var scope = database.As(me))
        {
            first = scope.Db;
            scope.Db.Raise(new DeadLetterRetried(Guid.CreateVersion7(), "t", "x", 1, null));
            await scope.Db.SaveChangesAsync();
            scope.Db.Raise(new DeadLetterRetried(Guid.CreateVersion7(), "t", "never saved", 1, null));
            _ = scope.Db.ActAs(Caller.Platform); // forgotten to be disposed
            await scope.Db.Database.BeginTransactionAsync(); // left open
        }

        await using var next = database.As(TestCallers.User());
        Assert.Same(first, next.Db);
        Assert.Null(next.Db.Database.CurrentTransaction);
        Assert.Empty(next.Db.ChangeTracker.Entries());
        Assert.Equal(CallerKind.User, next.Db.Caller.Kind);
        Assert.Equal(0, await next.Db.Events.CountAsync());
        await using var mine = database.As(me);
        Assert.Equal(1, await mine.Db.Events.CountAsync());
    }

    [Fact]
    public async Task Values_InstantsGuidsEnumsAndDecimals_ReadBackAndOrderTheSame()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Caller.Platform);
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)).AddTicks(9);
        scope.Db.IdempotencyKeys.Add(new IdempotencyKey { Key = "b", Status = IdempotencyStatus.Processing, CreatedAt = time, ExpiresAt = time.AddMilliseconds(1) });
        scope.Db.IdempotencyKeys.Add(new IdempotencyKey { Key = "a", Status = IdempotencyStatus.Failed, CreatedAt = time, ExpiresAt = time.AddMilliseconds(2) });
        await scope.Db.SaveChangesAsync();

        await using var fresh = database.As(Caller.Platform);
        var keys = await fresh.Db.IdempotencyKeys.Where(k => k.ExpiresAt > time).OrderByDescending(k => k.ExpiresAt).ToListAsync();
        Assert.Equal(["a", "b"], keys.Select(k => k.Key));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 1, 4, 5, 678, TimeSpan.Zero), keys[0].CreatedAt);
        Assert.Equal(TimeSpan.Zero, keys[0].CreatedAt.Offset);
        Assert.Equal(IdempotencyStatus.Failed, keys[0].Status);
        Assert.Equal("failed", await fresh.Db.Database.SqlQuery<string>($"SELECT status AS \"Value\" FROM idempotency_keys WHERE key = 'a'").SingleAsync());
    }
}
