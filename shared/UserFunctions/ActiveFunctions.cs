using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Variables;

namespace Platform.UserFunctions;

/// <summary>
/// Functions of any organization as invocations see them, remembered for less than a second, so that every node knows of a change by then; this node at once. One in use is read
/// anew beside the invocations before its time is over, so that none of them waits. Whether the caller may see one is for who asks to say.
/// </summary>
public sealed class ActiveFunctions(IServiceScopeFactory scopes, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan RenewedAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, Memory> _known = new();

    public async ValueTask<ActiveFunction?> FindAsync(Guid id, CancellationToken ct)
    {
        while (true)
        {
            if (_known.TryGetValue(id, out var memory) && clock.GetElapsedTime(memory.At) is var age && age < Fresh)
            {
                if (age > RenewedAfter && memory.Read.Value.IsCompleted && memory.Renew())
                    _ = RenewAsync(id, memory);
                return await memory.Read.Value.WaitAsync(ct);
            }

            var next = NewMemory(id);
            if (memory is null ? !_known.TryAdd(id, next) : !_known.TryUpdate(id, next, memory))
                continue;
            try
            {
                return await next.Read.Value.WaitAsync(ct);
            }
            catch (Exception) when (next.Read.Value.IsFaulted)
            {
                _known.TryRemove(KeyValuePair.Create(id, next));
                throw;
            }
        }
    }

    /// <summary>It was changed on this node.</summary>
    public void Forget(Guid id) => _known.TryRemove(id, out _);

    /// <summary>Lets go of what nobody asks for.</summary>
    internal void Trim()
    {
        foreach (var pair in _known.Where(pair => clock.GetElapsedTime(pair.Value.At) > Forgotten))
            _known.TryRemove(pair);
    }

    /// <summary>Active functions that have workers when nobody invokes them, too.</summary>
    internal async Task<IReadOnlyList<Guid>> KeptWarmAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().UserFunctions.AsNoTracking()
            .Where(function => function.MinInstances > 0 && function.Status == FunctionStatus.Active).OrderBy(function => function.Id).Select(function => function.Id).ToListAsync(ct);
    }

    // What is forgotten meanwhile stays forgotten: it was changed after this read began.
    private async Task RenewAsync(Guid id, Memory old)
    {
        var next = NewMemory(id);
        await ((Task)next.Read.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (next.Read.Value.IsCompletedSuccessfully)
            _known.TryUpdate(id, next, old);
    }

    private Memory NewMemory(Guid id) => new(clock.GetTimestamp(), new Lazy<Task<ActiveFunction?>>(() => ReadAsync(id)));

    private async Task<ActiveFunction?> ReadAsync(Guid id)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        if (await db.UserFunctions.AsNoTracking().SingleOrDefaultAsync(function => function.Id == id) is not { } function)
            return null;
        var version = function.ActiveVersion is { } number
            ? await db.FunctionVersions.AsNoTracking().SingleOrDefaultAsync(version => version.FunctionId == id && version.Number == number)
            : null;
        return Of(function, version, await StampAsync(db, function.ProjectId)) with { Suspended = function.UrlAccess is not null && await IsSuspendedAsync(db, function.OrganizationId) };
    }

    /// <summary>As it would be with another version in use.</summary>
    internal static ActiveFunction Of(UserFunction function, FunctionVersion? version, string variablesStamp) => new()
    {
        Id = function.Id,
        OrganizationId = function.OrganizationId,
        ProjectId = function.ProjectId,
        Name = function.Name,
        Enabled = function.Enabled,
        Status = function.Status,
        UrlAccess = function.UrlAccess,
        UrlKeyHash = function.UrlKeyHash,
        ConfigRevision = function.ConfigRevision,
        TimeoutSeconds = function.TimeoutSeconds,
        MemoryMb = function.MemoryMb,
        MaxConcurrency = function.MaxConcurrency,
        MinInstances = function.MinInstances,
        IdleTimeoutSeconds = function.IdleTimeoutSeconds,
        Network = function.Network,
        Environment = function.Environment,
        DeploymentId = function.ActiveDeploymentId,
        Version = version,
        VariablesStamp = variablesStamp,
    };

    private static Task<bool> IsSuspendedAsync(PlatformDbContext db, Guid organizationId) =>
        db.Organizations.AnyAsync(organization => organization.Id == organizationId && organization.Status == OrganizationStatus.Suspended);

    private static async Task<string> StampAsync(PlatformDbContext db, Guid projectId)
    {
        var stamp = await db.Variables.Where(row => row.ProjectId == projectId && row.Audience == VariableAudience.Runtime).GroupBy(row => row.ProjectId)
            .Select(rows => new { Count = rows.Count(), Last = rows.Max(row => row.UpdatedAt) }).SingleOrDefaultAsync();
        return stamp is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{stamp.Count}-{stamp.Last.ToUnixTimeMilliseconds()}");
    }

    private sealed class Memory(long at, Lazy<Task<ActiveFunction?>> read)
    {
        private int _renewed;

        public long At => at;

        public Lazy<Task<ActiveFunction?>> Read => read;

        /// <summary>True once.</summary>
        public bool Renew() => Interlocked.Exchange(ref _renewed, 1) == 0;
    }
}
