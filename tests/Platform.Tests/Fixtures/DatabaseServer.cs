using Npgsql;

namespace Platform.Tests.Fixtures;

/// <summary>What the operator's guide says of a server for managed databases.</summary>
internal static class DatabaseServer
{
    private const string AdministratorPassword = "administrator-1";

    /// <summary>The connection string that the platform is given.</summary>
    public static string AdministratorOf(string superuser) =>
        new NpgsqlConnectionStringBuilder(superuser) { Username = "platform_admin", Password = AdministratorPassword, Database = "postgres", IncludeErrorDetail = false }.ConnectionString;

    /// <summary>Makes a server what tenants need: an administrator, and nobody else's database open to PUBLIC.</summary>
    public static async Task SetUpAsync(string superuser, params string[] databases)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"CREATE ROLE platform_admin LOGIN CREATEDB CREATEROLE PASSWORD '{AdministratorPassword}'; REVOKE CONNECT ON DATABASE {string.Join(", ", ["postgres", "template1", .. databases])} FROM PUBLIC; GRANT CONNECT ON DATABASE postgres TO platform_admin",
            connection);
        await command.ExecuteNonQueryAsync();
    }
}
