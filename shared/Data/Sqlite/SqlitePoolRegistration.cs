using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Data;

/// <summary>Makes EF take its SQLite connections from a <see cref="SqlitePool"/>. EF has no public way to keep a connection that it closes.</summary>
#pragma warning disable EF1001
internal static class SqlitePoolRegistration
{
    public static DbContextOptionsBuilder UseSqlitePool(this DbContextOptionsBuilder options, SqlitePool pool)
    {
        options.UseSqlite(pool.ConnectionString).ReplaceService<ISqliteRelationalConnection, Connection>();
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new PoolExtension(pool));
        return options;
    }

    private sealed class Connection(
        RelationalConnectionDependencies dependencies, IRawSqlCommandBuilder rawSqlCommandBuilder, IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger, IDbContextOptions options)
        : SqliteRelationalConnection(dependencies, rawSqlCommandBuilder, logger)
    {
        protected override System.Data.Common.DbConnection CreateDbConnection() => new SqlitePooledConnection(options.FindExtension<PoolExtension>()!.Pool);
    }

    /// <summary>Carries the pool to where EF makes connections.</summary>
    private sealed class PoolExtension(SqlitePool pool) : IDbContextOptionsExtension
    {
        public SqlitePool Pool => pool;

        public DbContextOptionsExtensionInfo Info => new Description(this);

        public void ApplyServices(IServiceCollection services)
        {
            // It brings no services of its own.
        }

        public void Validate(IDbContextOptions options)
        {
            // Nothing to get wrong.
        }

        private sealed class Description(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
        {
            public override bool IsDatabaseProvider => false;

            public override string LogFragment => "";

            public override int GetServiceProviderHashCode() => 0;

            public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is Description;

            public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
            {
                // No setting that could differ.
            }
        }
    }
}
