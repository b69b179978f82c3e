using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Secrets;

namespace Platform.Databases;

/// <summary>Passwords of the roles of one database: of the owner, which its users get, and of the reader, which only the platform has.</summary>
internal sealed record DatabaseCredentials(string Owner, string Reader)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int Length = 32;

    /// <summary>32 random letters and digits: 190 bits, and nothing that a connection string would have to escape.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetString(Letters, Length);
}

/// <summary>Seals and opens the passwords of databases.</summary>
public sealed class DatabaseVault(ISecretBox box, PlatformDbContext db)
{
    internal async Task SealAsync(ManagedDatabase database, DatabaseCredentials credentials, CancellationToken ct) => database.Credentials =
        await box.SealAsync(database.OrganizationId, BindingOf(database), JsonSerializer.Serialize(credentials, JsonColumn.Options), ct);

    internal Task<DatabaseCredentials> OpenAsync(ManagedDatabase database, CancellationToken ct) => OpenAsync(database, database.Credentials!, ct);

    /// <summary>The passwords as they are stored now.</summary>
    internal async Task<DatabaseCredentials> ReopenAsync(ManagedDatabase database, CancellationToken ct)
    {
        var stored = await db.Databases.AsNoTracking().Where(row => row.Id == database.Id).Select(row => row.Credentials).SingleOrDefaultAsync(ct);
        return await OpenAsync(database, stored ?? database.Credentials!, ct);
    }

    private async Task<DatabaseCredentials> OpenAsync(ManagedDatabase database, string text, CancellationToken ct) =>
        JsonSerializer.Deserialize<DatabaseCredentials>(await box.OpenAsync(database.OrganizationId, BindingOf(database), text, ct), JsonColumn.Options)!;

    private static string BindingOf(ManagedDatabase database) => $"databases/{database.Id:D}/credentials";
}
