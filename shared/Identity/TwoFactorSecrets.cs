using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Secrets;

namespace Platform.Identity;

/// <summary>Seals and opens the secrets of second factors, with the data key of the user's personal organization.</summary>
public sealed class TwoFactorSecrets(PlatformDbContext db, ISecretBox secrets)
{
    public async Task<string> SealAsync(Guid userId, byte[] secret, CancellationToken ct) =>
        await secrets.SealAsync(await OrganizationAsync(userId, ct), TwoFactor.AssociatedData(userId), Convert.ToBase64String(secret), ct);

    public async Task<byte[]> OpenAsync(TwoFactor factor, CancellationToken ct) =>
        Convert.FromBase64String(await secrets.OpenAsync(await OrganizationAsync(factor.UserId, ct), TwoFactor.AssociatedData(factor.UserId), factor.Secret, ct));

    private Task<Guid> OrganizationAsync(Guid userId, CancellationToken ct) =>
        db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => organization.Id).SingleAsync(ct);
}
