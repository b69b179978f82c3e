using System.Security.Cryptography;
using System.Text;

namespace Platform.Databases;

/// <summary>What the server keeps of a password (RFC 5802 and 7677 as PostgreSQL writes them). To send that instead of the password keeps it out of the server's log.</summary>
internal static class PostgresPassword
{
    private const int Iterations = 4096; // the server's own; the passwords are random
    private const int SaltLength = 16;

    /// <param name="password">ASCII.</param>
    public static string VerifierOf(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
