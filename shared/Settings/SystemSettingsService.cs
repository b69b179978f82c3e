using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;

namespace Platform.Settings;

/// <summary>Operators read, replace and reset the platform's settings; in force at once here, within two seconds on other nodes.</summary>
public sealed class SystemSettingsService(PlatformDbContext db, SystemSettingsStore store, IOptions<SystemSettings> configured, AuditTrail audit)
{
    private static readonly Error Stale = Error.Conflict("settings.stale_write", "The settings were changed by somebody else in the meantime");

    public async Task<SystemSettings> ReadAsync(CancellationToken ct) =>
        (await db.SystemSettings.AsNoTracking().SingleOrDefaultAsync(ct))?.Read() ?? configured.Value;

    /// <summary>Back to what the configuration says, else the defaults.</summary>
    public Task<Result<SystemSettings>> ResetAsync(CancellationToken ct) => ReplaceAsync(configured.Value, ct);

    public async Task<Result<SystemSettings>> ReplaceAsync(SystemSettings settings, CancellationToken ct)
    {
        var before = await ReadAsync(ct);
        await store.SetAsync(db, settings, ct);
        audit.Target("system_settings", "platform");
        foreach (var change in SettingsDifference.Between(before, settings))
            audit.Change(change.Field, change.From, change.To);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            return Stale;
        }
        store.Renew();
        return settings;
    }
}
