using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Audit;

/// <summary>A database with the audit log's services and a clock that stands still unless told.</summary>
internal sealed class AuditLab : IAsyncDisposable
{
    private AuditLab(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public AuditChains Chains => Database.Get<AuditChains>();

    /// <param name="connectionString">Of a PostgreSQL database; null is SQLite.</param>
    public static async Task<AuditLab> CreateAsync(string? connectionString = null, bool migrate = true) => new(connectionString is null
        ? await TestDatabase.CreateAsync(Configure, migrate)
        : await TestDatabase.CreatePostgresAsync(connectionString, Configure, migrate));

    public static async Task<AuditLab> CreateAsync(Db db, PostgresServer postgres) => await CreateAsync(db == Db.Postgres ? await postgres.CreateMigratedDatabaseAsync() : null);

    /// <summary>Stores entries one after the other, ten milliseconds apart.</summary>
    public async Task WriteAsync(Guid organization, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await using var scope = Database.As(TestCallers.User(organizationId: organization));
            var entry = scope.Get<AuditTrail>().Write("thing.change", "thing", Guid.CreateVersion7());
            entry.Add(new AuditChange("name", "old", $"new {i}"));
            entry.Note("figure", 1.50m);
            await scope.Db.SaveChangesAsync();
            Database.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    public Task<bool> LinkAsync()
    {
        Database.Clock.Advance(AuditChains.Grace);
        return Chains.LinkAsync(CancellationToken.None);
    }

    /// <summary>A chain of <paramref name="count"/> linked entries.</summary>
    public async Task<Guid> ChainAsync(int count)
    {
        var organization = Guid.CreateVersion7();
        await WriteAsync(organization, count);
        await LinkAsync();
        return organization;
    }

    public async Task<List<string>> FindingsAsync() => [.. (await VerifyAsync()).SelectMany(report => report.Findings)];

    public async Task<List<ChainReport>> VerifyAsync(Guid? only = null)
    {
        var reports = new List<ChainReport>();
        await foreach (var report in Database.Get<AuditVerifier>().VerifyAsync(only, CancellationToken.None))
            reports.Add(report);
        return reports;
    }

    public async Task<List<AuditEntry>> EntriesAsync(Guid chain)
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Db.AuditEntries.AsNoTracking().Where(entry => entry.Chain == chain).OrderBy(entry => entry.Sequence).ToListAsync();
    }

    /// <summary>What somebody with access to the database does.</summary>
    public async Task<int> TamperAsync(string sql)
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Db.Database.ExecuteSqlRawAsync(sql.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private static void Configure(IServiceCollection services)
    {
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddAudit();
    }
}
