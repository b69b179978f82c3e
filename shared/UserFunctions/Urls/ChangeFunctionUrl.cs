using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>A function whose URL was changed. <paramref name="Key"/> is its new key, when there is one; it is told this once.</summary>
public sealed record FunctionUrlChanged(UserFunction Function, string? Key);

/// <summary>Gives functions URLs and takes them away.</summary>
public sealed class ChangeFunctionUrl(PlatformDbContext db, FunctionQueries functions, FunctionChanges changes, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Gives it a URL or changes who may call that. The first change to <see cref="UrlAccess.Key"/> makes a key, and <paramref name="newKey"/> another; the former is void then.</summary>
    public async Task<Result<FunctionUrlChanged>> PublishAsync(UserFunction function, UrlAccess access, bool newKey, CancellationToken ct)
    {
        if (newKey && access != UrlAccess.Key)
            return FunctionErrors.KeyWithoutUse;
        var key = access == UrlAccess.Key && (newKey || function.UrlKeyHash is null) ? UrlKey.Create() : null;
        if (key is not null)
            audit.ChangeSecret("url.key");
        return await ChangeAsync(function, access, key, ct);
    }

    /// <summary>Takes its URL and its key away.</summary>
    public Task<Result<FunctionUrlChanged>> UnpublishAsync(UserFunction function, CancellationToken ct) => ChangeAsync(function, null, null, ct);

    private async Task<Result<FunctionUrlChanged>> ChangeAsync(UserFunction function, UrlAccess? access, string? key, CancellationToken ct)
    {
        if (access == function.UrlAccess && key is null)
        {
            audit.Withdraw();
            return new FunctionUrlChanged(function, null);
        }

        if (await functions.CheckProjectAsync(function.ProjectId, ct) is { } archived)
            return archived;
        if (access != function.UrlAccess)
            audit.Change("url.access", function.UrlAccess, access);
        function.UrlAccess = access;
        if (key is not null)
            (function.UrlKeyHash, function.UrlKeyPreview) = (UrlKey.HashOf(key), UrlKey.PreviewOf(key));
        else if (access != UrlAccess.Key)
            (function.UrlKeyHash, function.UrlKeyPreview) = (null, null);
        function.Touch(clock.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return FunctionErrors.Stale;
        }

        changes.Tell(function.Id);
        return new FunctionUrlChanged(function, key);
    }
}
