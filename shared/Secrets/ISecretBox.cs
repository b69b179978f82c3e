namespace Platform.Secrets;

/// <summary>
/// Envelope encryption of small secrets: AES-256-GCM with a data key per organization that the master key wraps (<c>Secrets:MasterKey</c>, rotation by key id).
/// The associated data <c>table/ownerId/field</c> binds a ciphertext to its row: it cannot be moved to another.
/// </summary>
public interface ISecretBox
{
    Task<string> SealAsync(Guid organizationId, string associatedData, string plainText, CancellationToken ct);

    /// <summary>Throws <see cref="System.Security.Cryptography.CryptographicException"/> when the text was changed or belongs to another row.</summary>
    Task<string> OpenAsync(Guid organizationId, string associatedData, string sealedText, CancellationToken ct);
}
