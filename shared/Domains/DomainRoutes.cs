using System.Collections.Frozen;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Domains;

/// <summary>Where requests for a domain go: to a function, or on to another domain.</summary>
public sealed record DomainRoute(Guid? FunctionId, string? RedirectTo);

/// <summary>
/// The verified domains of every organization and where they lead, as a whole, so that names that strangers make up cost no look-up. Asked for within a second of a change at
/// the latest, on every node.
/// </summary>
public sealed class DomainRoutes(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const string Wildcard = "*.";
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(900);

    private readonly Lock _gate = new();
    private Table _table = new("", FrozenDictionary<string, DomainRoute>.Empty);
    private long _readAt;
    private Task<Table>? _reading;

    /// <param name="host">Without a port.</param>
    public async ValueTask<DomainRoute?> FindAsync(string host, CancellationToken ct)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        var routes = (await CurrentAsync(ct)).Routes;
        if (routes.Count == 0)
            return null;
        return routes.GetValueOrDefault(name) ?? (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? routes.GetValueOrDefault($"{Wildcard}{name[(dot + 1)..]}") : null);
    }

    private async ValueTask<Table> CurrentAsync(CancellationToken ct)
    {
        Task<Table> reading;
        lock (_gate)
        {
            if (_readAt != 0 && clock.GetElapsedTime(_readAt) < Fresh)
                return _table;
            reading = _reading ??= ReadAsync();
        }

        return await reading.WaitAsync(ct);
    }

    private async Task<Table> ReadAsync()
    {
        await Task.Yield(); // not under the lock
        var at = clock.GetTimestamp();
        try
        {
            await using var scope = scopes.CreateScopeFor(Caller.Platform);
            var known = scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Domains.AsNoTracking().Where(domain => domain.Status == DomainStatus.Verified);
            var stamp = await StampAsync(known);
            var table = stamp == _table.Stamp ? _table : new Table(stamp, await RoutesAsync(known));
            lock (_gate)
                (_table, _readAt) = (table, at);
            return table;
        }
        finally
        {
            lock (_gate)
                _reading = null;
        }
    }

    private static async Task<string> StampAsync(IQueryable<Domain> known)
    {
        var stamp = await known.GroupBy(_ => 1).Select(all => new { Count = all.Count(), Last = all.Max(domain => domain.UpdatedAt), Versions = all.Sum(domain => domain.Version) }).SingleOrDefaultAsync();
        return stamp is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{stamp.Count}-{stamp.Last.UtcTicks}-{stamp.Versions}");
    }

    private static async Task<FrozenDictionary<string, DomainRoute>> RoutesAsync(IQueryable<Domain> known)
    {
        var rows = await known.OrderBy(domain => domain.Id).Select(domain => new { domain.Name, domain.TargetFunctionId, domain.RedirectTo }).ToListAsync();
        var names = rows.Select(row => row.Name).ToHashSet(StringComparer.Ordinal);
        return rows.Select(row => (row.Name, Route: new DomainRoute(row.TargetFunctionId, row.RedirectTo is { } next && names.Contains(next) ? next : null)))
            .Where(row => row.Route is not { FunctionId: null, RedirectTo: null }).ToFrozenDictionary(row => row.Name, row => row.Route, StringComparer.Ordinal);
    }

    private sealed record Table(string Stamp, FrozenDictionary<string, DomainRoute> Routes);
}
