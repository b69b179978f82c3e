using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;

namespace Platform.Scripts;

/// <summary>Makes, lists and revokes the links that share a script of the caller's, and reads by one.</summary>
public sealed class ShareScript(PlatformDbContext db, ScriptQueries scripts, AuditTrail audit, IdempotentRequest idempotency, TimeProvider clock)
{
    private const int MaxPerScript = 20;
    private const int TokenBytes = 32;
    private const int TokenLength = 43;
    private const string Read = "read";

    public async Task<Result<ScriptShareView>> ShareAsync(Guid scriptId, TimeSpan life, CancellationToken ct)
    {
        if (await scripts.FindAsync(scriptId, ct) is not { } script)
            return ScriptErrors.NotFound;
        return await db.InTransactionAsync(() => InsertAsync(script, life, ct), ct);
    }

    /// <summary>The links that are good, the newest first.</summary>
    public async Task<Result<IReadOnlyList<ScriptShareView>>> ListAsync(Guid scriptId, CancellationToken ct)
    {
        if (await scripts.FindAsync(scriptId, ct) is null)
            return ScriptErrors.NotFound;
        var now = clock.GetUtcNow();
        var shares = await db.ScriptShares.AsNoTracking().Where(share => share.ScriptId == scriptId && share.ExpiresAt > now).OrderByDescending(share => share.Id).ToListAsync(ct);
        return shares.ConvertAll(ScriptShareView.Of);
    }

    public async Task<Result<Nothing>> RevokeAsync(Guid scriptId, Guid shareId, CancellationToken ct)
    {
        if (await scripts.FindAsync(scriptId, ct) is not { } script)
            return ScriptErrors.NotFound;
        if (await db.ScriptShares.SingleOrDefaultAsync(share => share.Id == shareId && share.ScriptId == scriptId, ct) is not { } found)
            return ScriptErrors.ShareNotFound;
        audit.Target("script", script.Id, script.Name);
        db.Remove(found);
        await db.SaveChangesAsync(ct);
        return default(Nothing);
    }

    /// <summary>The script behind a link, for whoever has it.</summary>
    public async Task<Result<SharedScriptView>> ReadAsync(string token, CancellationToken ct)
    {
        if (token.Length != TokenLength)
            return ScriptErrors.ShareNotFound;
        var (hash, now) = (TokenHash.Of(token).ToString(), clock.GetUtcNow());
        using var acting = db.ActAs(Caller.Platform); // the link is the right to read
        var found = from share in db.ScriptShares
                    where share.TokenHash == hash && share.ExpiresAt > now
                    join script in db.SavedScripts on share.ScriptId equals script.Id
                    join user in db.Users on script.UserId equals user.Id
                    where user.IsActive && !(user.BannedUntil > now)
                    select new SharedScriptView(script.Name, script.Script, script.Lang, script.LangVersion, script.Description, script.UpdatedAt, share.ExpiresAt);
        return await found.SingleOrDefaultAsync(ct) is { } shared ? shared : ScriptErrors.ShareNotFound;
    }

    private async Task<Result<ScriptShareView>> InsertAsync(SavedScript script, TimeSpan life, CancellationToken ct)
    {
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        await db.LockUserAsync(script.UserId, ct);
        await db.ScriptShares.Where(share => share.ScriptId == script.Id && share.ExpiresAt <= now).ExecuteDeleteAsync(ct);
        if (await db.ScriptShares.CountAsync(share => share.ScriptId == script.Id, ct) >= MaxPerScript)
            return ScriptErrors.TooManyShares(MaxPerScript);

        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var share = new ScriptShare { Id = Guid.CreateVersion7(now), ScriptId = script.Id, TokenHash = TokenHash.Of(token).ToString(), CreatedAt = now, ExpiresAt = now + life };
        db.Add(share);
        db.Raise(new ScriptShared(script.Id, script.UserId, [], Read));
        audit.Target("script", script.Id, script.Name);
        idempotency.CompleteWithSecret(share.Id);
        await db.SaveChangesAsync(ct);
        return ScriptShareView.Of(share) with { Token = token, Path = $"/api/v1/shared/scripts/{token}" };
    }
}
