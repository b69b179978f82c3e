using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.UserFunctions;

namespace Platform.Tests.UserFunctions;

/// <summary>How old what invocations know of a function may be.</summary>
public sealed class ActiveFunctionsTests(SqliteApp fixture) : IClassFixture<SqliteApp>
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Find_AfterAChangeOfAnotherNode_KnowsItWithinASecond()
    {
        var (active, id) = await CreateAsync();
        Assert.Equal("main", (await FindAsync(active, id)).Name);

        await RenameAsync(id, "elsewhere");
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal("main", (await FindAsync(active, id)).Name);
        _clock.Advance(TimeSpan.FromMilliseconds(599));
        Assert.Equal("elsewhere", (await FindAsync(active, id)).Name);
    }

    [Fact]
    public async Task Find_OfOneInUse_IsRenewedBesideItsReaders()
    {
        var (active, id) = await CreateAsync();
        await FindAsync(active, id);

        await RenameAsync(id, "elsewhere");
        _clock.Advance(TimeSpan.FromMilliseconds(600));
        await Until.TrueAsync(async () => (await FindAsync(active, id)).Name == "elsewhere", "it was read anew");
        await RenameAsync(id, "again");
        _clock.Advance(TimeSpan.FromMilliseconds(899)); // of the second read
        await Until.TrueAsync(async () => (await FindAsync(active, id)).Name == "again", "and anew");
    }

    [Fact]
    public async Task Find_AfterForgetting_KnowsAChangeAtOnce()
    {
        var (active, id) = await CreateAsync();
        await FindAsync(active, id);

        for (var i = 0; i < 20; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(600));
            await FindAsync(active, id); // begins to read
            await RenameAsync(id, $"name{i}");
            active.Forget(id);
            Assert.Equal($"name{i}", (await FindAsync(active, id)).Name);
        }
    }

    private async Task<(ActiveFunctions Active, Guid Id)> CreateAsync()
    {
        var client = await FunctionClient.StartAsync(fixture.App);
        var created = (await client.CreateAsync(new { name = "main", runtime = "node", code = "exports.handler = () => 1", deploy = false })).Ok(System.Net.HttpStatusCode.Created);
        return (new ActiveFunctions(fixture.App.Services.GetRequiredService<IServiceScopeFactory>(), _clock), created.Data.GetProperty("id").GetGuid());
    }

    private static async Task<ActiveFunction> FindAsync(ActiveFunctions active, Guid id) => (await active.FindAsync(id, CancellationToken.None))!;

    private async Task RenameAsync(Guid id, string name)
    {
        await using var scope = fixture.App.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().UserFunctions.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Name, name));
    }
}
