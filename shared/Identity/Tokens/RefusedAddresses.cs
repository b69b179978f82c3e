using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Audits the use of a token from an address that it does not allow, once a minute for each token and address, so that it cannot flood the log.</summary>
public sealed class RefusedAddresses(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(Guid TokenId, string Address), DateTimeOffset> _recorded = new();

    public async Task RecordAsync(TokenSnapshot token, string address, string correlationId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_recorded.TryGetValue((token.Id, address), out var before) && now - before < Interval)
            return;
        if (_recorded.Count >= MaxRemembered)
            _recorded.Clear();
        _recorded[(token.Id, address)] = now;
        await using var scope = scopes.CreateScopeFor(token.Caller, correlationId);
        scope.ServiceProvider.GetRequiredService<CallerScope>().IpAddress = address;
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Write("token.ip_refused", "token", token.Id, AuditOutcome.Denied);
        await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().SaveChangesAsync(ct);
    }
}
