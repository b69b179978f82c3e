using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;

namespace Platform.Settings;

/// <summary>
/// Reads the settings document, at most 2 s old in every process and current in the one that wrote it. A reader waits for the database only when the copy is
/// older than that; before, one of the readers renews it in the background. Without a stored document the section <c>SystemSettings</c> of the configuration
/// holds, then the defaults.
/// </summary>
public sealed class SystemSettingsStore(IServiceScopeFactory scopes, IOptions<SystemSettings> configured, TimeProvider clock)
{
    private static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TooOldAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Copy? _copy;
    private Task<SystemSettings>? _loading;
    private int _generation;

    public ValueTask<SystemSettings> GetAsync(CancellationToken ct)
    {
        var copy = _copy;
        var age = copy is null ? TimeSpan.MaxValue : clock.GetElapsedTime(copy.LoadedAt);
        if (age < RenewAfter)
            return new(copy!.Settings);
        var loading = LoadOnce();
        return age < TooOldAfter ? new(copy!.Settings) : new(loading.WaitAsync(ct));
    }

    /// <summary>Stores a new document in the unit of work of <paramref name="db"/>; it is in force at once here after <see cref="Renew"/>.</summary>
    public async Task SetAsync(PlatformDbContext db, SystemSettings settings, CancellationToken ct)
    {
        if (await db.SystemSettings.SingleOrDefaultAsync(ct) is not { } row)
            row = db.SystemSettings.Add(new SystemSettingsDocument()).Entity;
        row.Write(settings);
        row.UpdatedAt = clock.GetUtcNow();
        row.UpdatedBy = db.Caller.UserId;
        row.Version++;
    }

    /// <summary>Forgets the copy, after a committed change.</summary>
    public void Renew()
    {
        lock (_lock)
            (_copy, _loading, _generation) = (null, null, _generation + 1);
    }

    private Task<SystemSettings> LoadOnce()
    {
        lock (_lock)
            return _loading is { IsCompleted: false } ? _loading : _loading = LoadAsync(_generation);
    }

    private async Task<SystemSettings> LoadAsync(int generation)
    {
        await Task.Yield();
        var loadedAt = clock.GetTimestamp();
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var row = await db.SystemSettings.AsNoTracking().SingleOrDefaultAsync();
        var settings = row?.Read() ?? configured.Value;
        lock (_lock)
        {
            if (_generation == generation)
                _copy = new Copy(settings, loadedAt);
        }
        return settings;
    }

    private sealed record Copy(SystemSettings Settings, long LoadedAt);
}
