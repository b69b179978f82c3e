using Azure.Core;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Platform.Data;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Data;

[Collection(PostgresServer.Collection)]
public sealed class EntraPasswordTests(PostgresServer server)
{
    [Fact]
    public async Task Open_WithEntra_SignsInWithATokenForTheDatabaseService()
    {
        var connectionString = await CreateRoleAsync(password: "the-token");
        await using var settings = Settings(connectionString, new FixedToken("the-token"));

        await using var pooled = await settings.OpenAsync(CancellationToken.None);
        await using var session = await settings.OpenSessionAsync(CancellationToken.None);

        Assert.Equal("1", await ScalarAsync(session, "SELECT '1'"));
        await using var wrong = Settings(connectionString, new FixedToken("another-token"));
        await Assert.ThrowsAsync<PostgresException>(() => wrong.OpenAsync(CancellationToken.None));
    }

    [Fact]
    public void Settings_UnknownAuthentication_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => new DatabaseSettings(Configuration("Host=localhost", "azure")));

    private static DatabaseSettings Settings(string connectionString, TokenCredential credential) => new(Configuration(connectionString, "entra"), credential);

    private static IConfiguration Configuration(string connectionString, string authentication) => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Database:Provider"] = "postgres",
        ["Database:ConnectionString"] = connectionString,
        ["Database:Authentication"] = authentication,
    }).Build();

    // The server trusts everybody; this one role has to give its password.
    private async Task<string> CreateRoleAsync(string password)
    {
        var builder = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()) { Pooling = false };
        var role = $"entra_{Guid.NewGuid():N}";
        await using (var connection = new NpgsqlConnection(builder.ConnectionString))
        {
            await connection.OpenAsync();
            await ScalarAsync(connection, $"CREATE ROLE {role} LOGIN PASSWORD '{password}'");
            var file = await ScalarAsync(connection, "SHOW hba_file");
            var rules = await ScalarAsync(connection, $"SELECT pg_read_file('{file}')"); // first, since COPY empties the file before it reads
            await ScalarAsync(connection, $"COPY (SELECT regexp_split_to_table($rules$local all {role} scram-sha-256\n{rules}$rules$, '\n')) TO '{file}'");
            await ScalarAsync(connection, "SELECT pg_reload_conf()");
        }

        builder.Username = role;
        await Until.TrueAsync(() => IsRefusedAsync(builder.ConnectionString), "the server asks for the password");
        return builder.ConnectionString;
    }

    private static async Task<bool> IsRefusedAsync(string connectionString)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            return false;
        }
        catch (NpgsqlException)
        {
            return true;
        }
    }

    private static async Task<string?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync())?.ToString();
    }

    private sealed class FixedToken(string token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal(["https://ossrdbms-aad.database.windows.net/.default"], requestContext.Scopes);
            return new AccessToken(token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
