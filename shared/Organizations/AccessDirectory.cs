using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>What users may do in organizations that are not the active one of their session, remembered for two seconds.</summary>
public sealed class AccessDirectory(IServiceScopeFactory scopes, SessionDirectory sessions, TimeProvider clock)
{
    private readonly RightsMemory<(Guid UserId, Guid OrganizationId), OrganizationAccess> _memory = new(sessions, clock);

    public ValueTask<OrganizationAccess> FindAsync(Guid userId, Guid organizationId, CancellationToken ct) =>
        _memory.FindAsync((userId, organizationId), () => ReadAsync(userId, organizationId, ct));

    private async Task<OrganizationAccess> ReadAsync(Guid userId, Guid organizationId, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await AccessReader.ReadAsync(scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), userId, organizationId, clock.GetUtcNow(), ct);
    }
}
