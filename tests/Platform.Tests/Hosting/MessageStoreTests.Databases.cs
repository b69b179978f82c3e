using EmbeddedFunctions.Broker;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class SqliteMessageStoreTests : MessageStoreTests
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("broker-");

    internal override Task<HostStorageOptions> OptionsAsync() => Task.FromResult(new HostStorageOptions { Path = _directory.FullName });

    [Theory]
    [InlineData(StorageFaults.FillSqlite, 13)]
    [InlineData(StorageFaults.MakeSqliteReadOnly, 8)]
    public async Task Send_NothingCanBeStored_FailsAndLosesNothingAcknowledged(string fault, int error)
    {
        var sent = new List<string>();
        await SendAsync("before");
        await Database.RunAsync(s => s.ExecuteAsync(fault, static _ => { }, CancellationToken.None), CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<SqliteException>(async () =>
        {
            while (sent.Count < 1_000)
                await SendAsync($"during {sent.Count}"); // a full file takes what fits into its free pages
        });
        Assert.Equal(error, refusal.SqliteErrorCode);

        foreach (var mend in new[] { StorageFaults.EmptySqlite, StorageFaults.MakeSqliteWritable })
            await Database.RunAsync(s => s.ExecuteAsync(mend, static _ => { }, CancellationToken.None), CancellationToken.None);
        await SendAsync("after");

        Assert.Equal(sent, (await Store.ReceiveAsync("q", 2_000, TimeSpan.FromMinutes(1), 10, CancellationToken.None)).Select(m => m.MessageId));

        async Task SendAsync(string id)
        {
            await Writer.SendAsync("q", [new OutgoingMessage(new byte[3_000]) { MessageId = id }], CancellationToken.None);
            sent.Add(id);
        }
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}

[Collection(PostgresServer.Collection)]
public sealed class PostgresMessageStoreTests(PostgresServer server) : MessageStoreTests
{
    internal override async Task<HostStorageOptions> OptionsAsync() => new() { Provider = HostStorageOptions.Postgres, ConnectionString = await server.CreateDatabaseAsync() };

    [Fact]
    public async Task Schema_ManyNodesStartAtOnce_AllSucceed()
    {
        var options = await OptionsAsync();
        var nodes = Enumerable.Range(0, 8).Select(_ => new HostDatabase(options)).ToList();

        await Task.WhenAll(nodes.Select(n => new MessageUpkeep(n, TimeProvider.System).RegisterAsync(Plain(("events", "a")), CancellationToken.None)));

        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Fact]
    public async Task Send_ReadOnlyDatabase_FailsAndLosesNothingAcknowledged()
    {
        var connection = (await SameOptionsAsync()).ConnectionString!;
        await Writer.SendAsync("q", [Message("before")], CancellationToken.None);
        await StorageFaults.SetPostgresReadOnlyAsync(connection, readOnly: true, cutOff: true);
        await Until.TrueAsync(async () => await RefusalAsync("during") == PostgresErrorCodes.ReadOnlySqlTransaction, "refused as read-only");

        await StorageFaults.SetPostgresReadOnlyAsync(connection, readOnly: false, cutOff: false);
        await Until.TrueAsync(async () => await RefusalAsync("after") is null, "stored again");

        Assert.Equal(["before", "after"], (await Store.ReceiveAsync("q", 10, TimeSpan.FromMinutes(1), 10, CancellationToken.None)).Select(m => m.MessageId));

        async Task<string?> RefusalAsync(string id)
        {
            try
            {
                await Writer.SendAsync("q", [Message(id)], CancellationToken.None);
                return null;
            }
            catch (NpgsqlException e)
            {
                return e.SqlState ?? e.Message;
            }
        }
    }

    [Fact]
    public async Task Receive_TwoNodesAtOnce_EachMessageGoesToOne()
    {
        await using var other = new HostDatabase(await SameOptionsAsync());
        var otherStore = new MessageStore(other, Clock);
        await Writer.SendAsync("q", [.. Enumerable.Range(0, 500).Select(i => Message($"m{i}"))], CancellationToken.None);

        var received = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? Store : otherStore).ReceiveAsync("q", 50, TimeSpan.FromMinutes(1), 10, CancellationToken.None)));

        var all = received.SelectMany(r => r).Select(m => m.MessageId).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
    }
}
