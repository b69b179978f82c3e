using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Platform.Data;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Variables;

/// <summary>Where values stand, and what becomes of them when keys change.</summary>
public sealed class VariableSecrecyTests
{
    private const string Marker = "Needle9f3c";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Values_StandNowhereInClear(Db database)
    {
        var log = new Lines();
        await using var app = await PlatformApp.StartAsync(database, services => services.AddSingleton<ILoggerProvider>(log).PostConfigure<LoggerFilterOptions>(Everything));
        var project = await VariableClient.OfAsync(app, await app.CreateUserAsync());
        var plain = await project.CreatedAsync(new { key = "PLAIN", value = $"{Marker}-1" });
        var (secretStatus, _) = await project.CreateAsync(new { key = "SECRET", value = $"{Marker}-2", isSecret = true }, "once");
        Assert.Equal(HttpStatusCode.OK, secretStatus);
        await project.CreateAsync(new { key = "ANOTHER", value = $"{Marker}-3" }, "twice");
        await project.CreateAsync(new { key = "SECRET", value = $"{Marker}-4" });
        await project.CreateAsync(new { key = "bad key", value = $"{Marker}-5" });
        await project.UpdateAsync(plain, new { value = $"{Marker}-6", isSecret = true });
        await project.UpdateAsync(plain, new { value = $"{Marker}-7", version = 1 });
        Assert.Contains(Marker, (await project.DecryptAsync(plain)).Data().ToString(), StringComparison.Ordinal);
        await project.UpdateAsync(plain, new { key = "RENAMED" });
        await project.UpdateAsync(plain, new { isSecret = false });
        Assert.Contains(Marker, (await project.ListAsync()).Body.ToString(), StringComparison.Ordinal);
        await project.DeleteAsync(plain);

        Assert.True(log.Count > 20, "the log is seen");
        Assert.DoesNotContain(log, line => line.Contains(Marker, StringComparison.Ordinal));
        var (texts, found) = await SearchAsync(app, Marker);
        Assert.True(texts > 100, "the columns are seen");
        Assert.Empty(found);
        Assert.NotEmpty((await SearchAsync(app, "RENAMED")).Found);   // the search finds what is there: keys are no secret
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Value_MovedToAnotherRow_DoesNotOpen(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var project = await VariableClient.OfAsync(app, await app.CreateUserAsync());
        var first = await project.CreatedAsync(new { key = "FIRST", value = "one", isSecret = true });
        var second = await project.CreatedAsync(new { key = "SECOND", value = "two", isSecret = true });
        var before = await SealedAsync(app, first);

        await project.UpdateAsync(first, new { key = "RENAMED" });
        var after = await SealedAsync(app, first);
        Assert.NotEqual(before, after);
        await app.ReadAsync(db => db.Variables.Where(variable => variable.Id == second).ExecuteUpdateAsync(set => set.SetProperty(variable => variable.Value, after)));
        Assert.Equal(HttpStatusCode.InternalServerError, (await project.DecryptAsync(second)).Status);
        await app.ReadAsync(db => db.Variables.Where(variable => variable.Id == first).ExecuteUpdateAsync(set => set.SetProperty(variable => variable.Value, before)));
        Assert.Equal(HttpStatusCode.InternalServerError, (await project.DecryptAsync(first)).Status);   // it was sealed for the former key
        var entries = await app.ReadAsync(db => db.AuditEntries.Where(entry => entry.Action == "variable.decrypt").Select(entry => entry.Reason).ToListAsync());
        Assert.Equal(["server.fault", "server.fault"], entries);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task MasterKey_Rotated_KeepsValuesReadable(Db database)
    {
        var (old, fresh) = (NewKey(), NewKey());
        var directory = Directory.CreateTempSubdirectory("variables-").FullName;
        try
        {
            await using var server = new PostgresServer();
            await server.InitializeAsync();
            var connection = database == Db.Postgres ? await server.CreateMigratedDatabaseAsync() : null;
            TestUser user;
            Guid secret, plain;
            await using (var app = await StartAsync(("Secrets:MasterKey", old)))
            {
                user = await app.CreateUserAsync();
                var project = await VariableClient.OfAsync(app, user);
                secret = await project.CreatedAsync(new { key = "SECRET", value = "hunter2", isSecret = true });
                plain = await project.CreatedAsync(new { key = "PLAIN", value = "seen" });
            }

            await using (var app = await StartAsync(("Secrets:MasterKey", fresh), ("Secrets:PreviousMasterKeys:0", old)))
                await AssertReadableAsync(app);
            await using (var app = await StartAsync(("Secrets:MasterKey", fresh)))   // what was read is wrapped anew by now
                await AssertReadableAsync(app);

            Task<PlatformApp> StartAsync(params (string Key, string Value)[] settings) =>
                PlatformApp.StartAsync(database, dataDirectory: directory, connectionString: connection, settings: settings);

            async Task AssertReadableAsync(PlatformApp app)
            {
                using var client = app.Client(headers => headers.Authorization = new("Bearer", user.Token));
                var project = new VariableClient(client, await app.ProjectOfAsync(user));
                Assert.Equal("hunter2", (await project.DecryptAsync(secret)).Data().GetProperty("value").GetString());
                Assert.Equal("seen", (await project.GetAsync(plain)).Data().GetProperty("value").GetString());
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Everything(LoggerFilterOptions options)
    {
        options.Rules.Clear();
        options.MinLevel = LogLevel.Trace;
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static Task<string?> SealedAsync(PlatformApp app, Guid id) => app.ReadAsync(db => db.Variables.Where(variable => variable.Id == id).Select(variable => variable.Value).SingleAsync());

    /// <summary>Looks through every column of every table of the platform's database.</summary>
    private static Task<(int Texts, List<string> Found)> SearchAsync(PlatformApp app, string text) => app.ReadAsync(async db =>
    {
        var (texts, found) = (0, new List<string>());
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct())
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                for (var i = 0; i < row.FieldCount; i++)
                {
                    var value = row.GetValue(i) switch { byte[] bytes => Encoding.Latin1.GetString(bytes), var other => other.ToString()! };
                    texts++;
                    if (value.Contains(text, StringComparison.Ordinal))
                        found.Add($"{table}.{row.GetName(i)}");
                }
            }
        }

        return (texts, found);
    });

    private sealed class Lines : ConcurrentQueue<string>, ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
