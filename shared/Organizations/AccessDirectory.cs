using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>What users may do in organizations that are not the active one of their session, remembered for two seconds.</summary>
public sealed class AccessDirectory(IServiceScopeFactory scopes, SessionDirectory sessions, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan TooOldAfter = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(Guid UserId, Guid OrganizationId), Copy> _copies = new();

    public ValueTask<OrganizationAccess> FindAsync(Guid userId, Guid organizationId, CancellationToken ct) =>
        _copies.TryGetValue((userId, organizationId), out var copy) && copy.Generation == sessions.Generation && clock.GetElapsedTime(copy.LoadedAt) <= TooOldAfter
            ? new(copy.Access)
            : new(LoadAsync(userId, organizationId, ct));

    private async Task<OrganizationAccess> LoadAsync(Guid userId, Guid organizationId, CancellationToken ct)
    {
        var (generation, loadedAt) = (sessions.Generation, clock.GetTimestamp());
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var access = await AccessReader.ReadAsync(scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), userId, organizationId, clock.GetUtcNow(), ct);
        if (_copies.Count >= MaxRemembered)
            _copies.Clear();
        _copies[(userId, organizationId)] = new Copy(access, generation, loadedAt);
        return access;
    }

    private sealed record Copy(OrganizationAccess Access, long Generation, long LoadedAt);
}
