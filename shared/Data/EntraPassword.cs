using Azure.Core;

using Npgsql;

namespace Platform.Data;

/// <summary>
/// Signs in to Azure Database for PostgreSQL as the process's Entra identity: an access token is the password. Every new connection asks for one; the credential
/// keeps it until shortly before it expires.
/// </summary>
internal static class EntraPassword
{
    private static readonly TokenRequestContext Request = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    public static void Use(NpgsqlDataSourceBuilder builder, TokenCredential credential) => builder.UsePasswordProvider(
        _ => credential.GetToken(Request, CancellationToken.None).Token,
        async (_, ct) => (await credential.GetTokenAsync(Request, ct)).Token);
}
