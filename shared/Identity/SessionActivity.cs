using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Notes that a session is in use; once per renewal of its token, not per request.</summary>
public sealed class SessionActivity(IServiceScopeFactory scopes)
{
    public async Task SeenAsync(Guid sessionId, DateTimeOffset now, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        await db.InTransactionAsync(() => db.Sessions.Where(row => row.Id == sessionId).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastSeenAt, now), ct), ct);
    }
}
