using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Functions.Audit;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Audit;

/// <summary>Somebody with access to the database changes the log.</summary>
public sealed class AuditVerifierTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static readonly string[] OutsideTheHash = ["actor_name", "ip_address", "user_agent"];

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verify_AnyColumnOfAnyEntryChanged_IsFoundUnlessItMayBeBlanked(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        await lab.ChainAsync(3);
        await lab.TamperAsync("CREATE TABLE backup AS SELECT * FROM audit_entries");
        var failures = new List<string>();
        foreach (var (column, value) in await ColumnsAsync(lab, isSqlite: db == Db.Sqlite))
        {
            foreach (var position in new[] { 1, 2, 3 })
            {
                Assert.Equal(1, await lab.TamperAsync($"UPDATE audit_entries SET {column} = {value} WHERE sequence = {position}"));
                var found = (await lab.FindingsAsync()).Count > 0;
                if (found == OutsideTheHash.Contains(column))
                    failures.Add($"{column} of entry {position}: {(found ? "found" : "not found")}");
                await lab.TamperAsync("DELETE FROM audit_entries");
                await lab.TamperAsync("INSERT INTO audit_entries SELECT * FROM backup");
            }
        }

        Assert.Empty(await lab.FindingsAsync());
        Violations.None(failures);
    }

    [Theory]
    [InlineData(Db.Sqlite, "DELETE FROM audit_entries WHERE sequence = 3", "entry 3 is missing")]
    [InlineData(Db.Sqlite, "DELETE FROM audit_entries WHERE sequence IN (2, 3)", "entries 2 to 3 are missing")]
    [InlineData(Db.Sqlite, "DELETE FROM audit_entries WHERE sequence = 1", "entry 1 is missing")]
    [InlineData(Db.Sqlite, "DELETE FROM audit_entries WHERE sequence >= 4", "entries 4 to 5 are missing")]
    [InlineData(Db.Sqlite, "DELETE FROM audit_entries", "entries 1 to 5 are missing")]
    [InlineData(Db.Sqlite, "UPDATE audit_entries SET sequence = NULL WHERE sequence = 5", "entry 5 is missing")]
    [InlineData(Db.Sqlite, "UPDATE audit_entries SET sequence = CASE sequence WHEN 2 THEN 30 ELSE 20 END WHERE sequence IN (2, 3); UPDATE audit_entries SET sequence = sequence / 10 WHERE sequence >= 20", "entry 2 * was changed")]
    [InlineData(Db.Sqlite, "DELETE FROM audit_chains", "the chain's row is missing")]
    [InlineData(Db.Sqlite, "UPDATE audit_chains SET sequence = 3, hash = (SELECT hash FROM audit_entries WHERE sequence = 3)", "2 entries stand behind the chain's end")]
    [InlineData(Db.Sqlite, "UPDATE audit_chains SET anchor_sequence = 2, anchor_hash = (SELECT hash FROM audit_entries WHERE sequence = 2)", "2 entries stand before the anchor 2")]
    [InlineData(Db.Sqlite, "UPDATE audit_chains SET anchor_sequence = 2; DELETE FROM audit_entries WHERE sequence <= 2", "entry 3 * does not continue the entry before it")]
    [InlineData(Db.Postgres, "DELETE FROM audit_entries WHERE sequence = 3", "entry 3 is missing")]
    [InlineData(Db.Postgres, "DELETE FROM audit_entries WHERE sequence = 1", "entry 1 is missing")]
    [InlineData(Db.Postgres, "DELETE FROM audit_entries WHERE sequence >= 4", "entries 4 to 5 are missing")]
    [InlineData(Db.Postgres, "DELETE FROM audit_entries", "entries 1 to 5 are missing")]
    [InlineData(Db.Postgres, "UPDATE audit_entries SET sequence = CASE sequence WHEN 2 THEN 30 ELSE 20 END WHERE sequence IN (2, 3); UPDATE audit_entries SET sequence = sequence / 10 WHERE sequence >= 20", "entry 2 * was changed")]
    [InlineData(Db.Postgres, "DELETE FROM audit_chains", "the chain's row is missing")]
    [InlineData(Db.Postgres, "UPDATE audit_chains SET sequence = 3, hash = (SELECT hash FROM audit_entries WHERE sequence = 3)", "2 entries stand behind the chain's end")]
    public async Task Verify_ChainsShapeChanged_IsFound(Db db, string sql, string finding)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        await lab.ChainAsync(5);
        await lab.TamperAsync(sql);
        Assert.Contains(await lab.FindingsAsync(), found => Fits(found, finding));
    }

    [Theory]
    [InlineData(Db.Sqlite, 2, "entry 3 * does not continue the entry before it")]
    [InlineData(Db.Sqlite, 3, "the last entry 3 is not the one that the chain ended with")]
    [InlineData(Db.Postgres, 2, "entry 3 * does not continue the entry before it")]
    [InlineData(Db.Postgres, 3, "the last entry 3 is not the one that the chain ended with")]
    public async Task Verify_ChangedEntryWithAFittingHash_IsFoundAtWhatFollows(Db db, int position, string finding)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var chain = await lab.ChainAsync(3);
        await lab.TamperAsync($"UPDATE audit_entries SET outcome = 'denied' WHERE sequence = {position}");
        var forged = (await lab.EntriesAsync(chain))[position - 1];
        await lab.TamperAsync($"UPDATE audit_entries SET hash = '{AuditHash.Of(forged, forged.PreviousHash!)}' WHERE sequence = {position}");
        Assert.True(Fits(Assert.Single(await lab.FindingsAsync()), finding));
    }

    [Theory]
    [InlineData(Db.Sqlite, "outcome = 'great'", "entry 2 cannot be read")]
    [InlineData(Db.Sqlite, "timestamp = 'noon'", "entry 2 * was changed")]
    [InlineData(Db.Sqlite, "changes = '[{'", "entry 2 * was changed")]
    [InlineData(Db.Sqlite, "hash = NULL", "entry 2 * was changed")]
    [InlineData(Db.Postgres, "outcome = 'great'", "entry 2 cannot be read")]
    [InlineData(Db.Postgres, "previous_hash = NULL", "entry 2 * was changed")]
    public async Task Verify_EntryThatCannotBeRead_IsAFindingAndNoFault(Db db, string change, string finding)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        await lab.ChainAsync(3);
        await lab.TamperAsync($"UPDATE audit_entries SET {change} WHERE sequence = 2");
        Assert.Contains(await lab.FindingsAsync(), found => Fits(found, finding));
        Assert.Equal(3, (await lab.VerifyAsync()).Single().Sequence);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verify_EntryTwice_IsFound(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var chain = await lab.ChainAsync(3);
        await lab.TamperAsync("DROP INDEX ix_audit_entries_chain_sequence");
        await lab.WriteAsync(chain, 1);
        await lab.TamperAsync("UPDATE audit_entries SET sequence = 2, previous_hash = '', hash = '' WHERE sequence IS NULL");
        Assert.Contains(await lab.FindingsAsync(), found => Fits(found, "entry 2 * stands twice"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Verify_EntryOutsideItsChain_IsFoundAfterTenMinutes(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        await lab.WriteAsync(Guid.CreateVersion7(), 2);
        lab.Database.Clock.Advance(AuditVerifier.LongestWait - TimeSpan.FromSeconds(1));
        Assert.Empty(await lab.FindingsAsync());
        lab.Database.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("2 entries have waited outside the chain for more than 10 minutes", Assert.Single(await lab.FindingsAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Retention_OldEntries_GoFromTheFrontAndLeaveAnAnchor(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var chain = await lab.ChainAsync(600);
        lab.Database.Clock.Advance(TimeSpan.FromDays(200));
        await lab.WriteAsync(chain, 3);
        await lab.LinkAsync();
        Assert.Equal(0, await RetireAsync(lab));
        lab.Database.Clock.Advance(TimeSpan.FromDays(170));

        Assert.Equal(600, await RetireAsync(lab));
        Assert.Equal((3L, 603L, 0L), (await lab.VerifyAsync()).Select(report => (report.Entries, report.Sequence, report.Problems)).Single());

        await lab.TamperAsync("DELETE FROM audit_entries WHERE sequence = 601");
        Assert.Equal("entry 601 is missing", Assert.Single(await lab.FindingsAsync()));
        lab.Database.Clock.Advance(TimeSpan.FromDays(365));
        Assert.Equal(0, await RetireAsync(lab));
        Assert.Equal("entry 601 is missing", Assert.Single(await lab.FindingsAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Retention_EverythingOld_EmptiesTheChainWhichGoesOn(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var chain = await lab.ChainAsync(2);
        lab.Database.Clock.Advance(TimeSpan.FromDays(366));
        Assert.Equal(2, await RetireAsync(lab));
        await lab.WriteAsync(chain, 1);
        await lab.LinkAsync();
        Assert.Equal(3, Assert.Single(await lab.EntriesAsync(chain)).Sequence);
        Assert.Empty(await lab.FindingsAsync());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Command_ByWhatItFinds_ReportsAndGivesAnExitCode(Db db)
    {
        await using var lab = await AuditLab.CreateAsync(db, postgres);
        var (good, bad) = (await lab.ChainAsync(2), await lab.ChainAsync(2));
        Assert.Equal((0, "No findings."), await RunAsync(lab, null));
        await lab.TamperAsync($"UPDATE audit_entries SET reason = 'x' WHERE sequence = 1 AND chain = '{bad}'");
        Assert.Equal((1, "1 findings."), await RunAsync(lab, null));
        Assert.Equal((1, "1 findings."), await RunAsync(lab, bad.ToString()));
        Assert.Equal((0, "No findings."), await RunAsync(lab, good.ToString()));
        Assert.Equal((0, "No findings."), await RunAsync(lab, "platform"));
        Assert.Equal(2, (await RunAsync(lab, "nonsense")).Code);
    }

    [Fact]
    public async Task Command_WithoutADatabase_ChecksNothing()
    {
        await using var lab = await AuditLab.CreateAsync(migrate: false);
        Assert.Equal(2, (await RunAsync(lab, null)).Code);
    }

    /// <summary>As the program does it, with its own arguments.</summary>
    [Fact]
    public async Task Program_AuditVerify_ExitsWithWhatItFound()
    {
        var directory = Directory.CreateTempSubdirectory("platform-verify-").FullName;
        var program = System.Reflection.Assembly.Load("Platform.Functions").EntryPoint!;
        string[] arguments = ["audit", "verify", "--Host:Application=Platform.Functions", $"--Platform:DataDirectory={directory}", $"--Host:Storage:Path={directory}"];
        await using (var app = await PlatformApp.StartAsync(dataDirectory: directory))
        {
            await app.CreateUserAsync();
            await using var scope = app.As(Caller.Platform);
            var db = scope.ServiceProvider.GetRequiredService<Platform.Data.PlatformDbContext>();
            await Until.TrueAsync(async () => await db.AuditEntries.AnyAsync() && !await db.AuditEntries.AnyAsync(entry => entry.Sequence == null), "the worker links what was stored");
            Assert.Equal(0, await Task.Run(() => program.Invoke(null, [arguments]))); // beside the running platform
        }

        Assert.Equal(0, await Task.Run(() => program.Invoke(null, [arguments])));
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={directory}/platform.db;Pooling=false"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE audit_entries SET action = 'auth.nothing'";
            Assert.True(await command.ExecuteNonQueryAsync() > 0);
        }

        Assert.Equal(1, await Task.Run(() => program.Invoke(null, [arguments])));
        Assert.Equal(2, await Task.Run(() => program.Invoke(null, [(string[])["audit", "verfy", .. arguments[2..]]])));
        Directory.Delete(directory, recursive: true);
    }

    private static Task<int> RetireAsync(AuditLab lab) => lab.Database.Get<AuditRetention>().RunAsync(CancellationToken.None);

    private static async Task<(int Code, string LastLine)> RunAsync(AuditLab lab, string? organization)
    {
        var output = new StringWriter();
        var code = await ActivatorUtilities.CreateInstance<AuditCommand>(lab.Database.Services).VerifyAsync(organization, output, CancellationToken.None);
        return (code, output.ToString().TrimEnd().Split('\n')[^1].TrimEnd());
    }

    private static bool Fits(string finding, string pattern)
    {
        var parts = pattern.Split('*');
        return finding.StartsWith(parts[0], StringComparison.Ordinal) && finding.Contains(parts[^1], StringComparison.Ordinal);
    }

    /// <summary>Every column of the table with another value for it.</summary>
    private static async Task<List<(string Column, string Value)>> ColumnsAsync(AuditLab lab, bool isSqlite)
    {
        await using var scope = lab.Database.As(Caller.Platform);
        return [.. scope.Db.Model.FindEntityType(typeof(AuditEntry))!.GetProperties().Select(property => (property.GetColumnName(), Other(property, isSqlite)))];
    }

    private static string Other(IProperty property, bool isSqlite)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type == typeof(Guid))
            return $"'{Guid.CreateVersion7()}'";
        if (type == typeof(long))
            return "sequence + 1000";
        if (type == typeof(DateTimeOffset))
            return isSqlite ? "timestamp + 1000" : "timestamp + interval '1 millisecond'";
        if (type.IsEnum)
            return type == typeof(AuditActor) ? "'system'" : "'failed'";
        return property.Name is nameof(AuditEntry.Changes) ? "'[]'" : property.Name is nameof(AuditEntry.Metadata) ? "'{}'" : "'other'";
    }
}
