using Microsoft.EntityFrameworkCore;

using Platform.Identity;

namespace Platform.Tests.Fixtures;

public sealed class DoubtfulQueriesTests
{
    [Fact]
    public async Task Page_WithoutAnOrder_FailsWithOneItDoesNot()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Caller.Platform);

        await Assert.ThrowsAsync<InvalidOperationException>(() => scope.Db.Users.Take(1).ToListAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => scope.Db.Users.FirstOrDefaultAsync());
        Assert.Empty(await scope.Db.Users.OrderBy(user => user.Id).Take(1).ToListAsync());
    }
}
