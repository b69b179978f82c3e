using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Platform.Data;
using Platform.Secrets;

namespace Platform.Identity;

/// <summary>The keys of session JWTs: from <c>Auth:SigningKeys</c>, else one that the first process to start put into the database.</summary>
public sealed class SigningKeyRing(IServiceScopeFactory scopes, IOptions<AuthOptions> options, TimeProvider clock)
{
    private const string GeneratedKey = "platform-1";
    private const string AssociatedData = $"signing_keys/{GeneratedKey}/secret";
    private const int KeyBytes = 64;

    // The platform's own secrets are sealed with a data key of their own, as if it were a tenant.
    internal static readonly Guid PlatformTenant = new("00000000-0000-7000-8000-000000000001");

    private readonly Lock _lock = new();
    private Task<Keys>? _keys;

    /// <summary>Null until <see cref="LoadAsync"/> has succeeded once.</summary>
    public Keys? Loaded => _keys is { IsCompletedSuccessfully: true } task ? task.GetAwaiter().GetResult() : null;

    public Task<Keys> LoadAsync()
    {
        lock (_lock)
            return _keys is { IsFaulted: false } ? _keys : _keys = ReadAsync();
    }

    private async Task<Keys> ReadAsync()
    {
        if (options.Value.SigningKeys.Length > 0)
            return new Keys([.. options.Value.SigningKeys.Select(Configured)]);

        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var secrets = scope.ServiceProvider.GetRequiredService<ISecretBox>();
        var stored = await db.SigningKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Id == GeneratedKey) ?? await GenerateAsync(db, secrets);
        var secret = await secrets.OpenAsync(PlatformTenant, AssociatedData, stored.Secret, CancellationToken.None);
        return new Keys([Key(stored.Id, Convert.FromBase64String(secret))]);
    }

    private async Task<SigningKey> GenerateAsync(PlatformDbContext db, ISecretBox secrets)
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        var made = new SigningKey { Id = GeneratedKey, Secret = await secrets.SealAsync(PlatformTenant, AssociatedData, secret, CancellationToken.None), CreatedAt = clock.GetUtcNow() };
        try
        {
            db.SigningKeys.Add(made);
            await db.SaveChangesAsync();
            return made;
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            db.Discard();
            return await db.SigningKeys.AsNoTracking().SingleAsync(key => key.Id == GeneratedKey);
        }
    }

    private static SymmetricSecurityKey Configured(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            throw new InvalidOperationException("Auth:SigningKeys takes entries of the form kid:base64");
        var secret = Convert.FromBase64String(text[(colon + 1)..]);
        return secret.Length >= 32 ? Key(text[..colon], secret) : throw new InvalidOperationException("A key of Auth:SigningKeys has fewer than 32 bytes");
    }

    private static SymmetricSecurityKey Key(string id, byte[] secret) => new(secret) { KeyId = id };

    /// <summary>All keys that verify; the first one signs.</summary>
    public sealed class Keys(IReadOnlyList<SecurityKey> all)
    {
        public IReadOnlyList<SecurityKey> All { get; } = all;

        public SigningCredentials Signing { get; } = new(all[0], SecurityAlgorithms.HmacSha256);
    }
}
