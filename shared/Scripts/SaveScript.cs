using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Executions;
using Platform.Idempotency;
using Platform.Identity;

namespace Platform.Scripts;

/// <summary>Saves, changes and deletes the caller's scripts. Each different content is kept as a version.</summary>
public sealed class SaveScript(
    PlatformDbContext db, ScriptQueries scripts, RuntimeQueries runtimes, AuditTrail audit, IdempotentRequest idempotency, IOptions<ScriptOptions> options, TimeProvider clock)
{
    public async Task<Result<ScriptView>> CreateAsync(ScriptDraft draft, CancellationToken ct)
    {
        if (await runtimes.RefuseAsync(draft.Lang, draft.LangVersion, ct) is { } unsupported)
            return unsupported;
        return await db.InTransactionAsync(() => InsertAsync(draft, ct), ct);
    }

    public async Task<Result<ScriptView>> UpdateAsync(Guid id, ScriptEdit edit, CancellationToken ct)
    {
        if (await scripts.FindAsync(id, ct) is not { } script)
            return ScriptErrors.NotFound;
        var content = edit.ApplyTo(script.Content);
        if ((content.Lang, content.LangVersion) != (script.Lang, script.LangVersion) && await runtimes.RefuseAsync(content.Lang, content.LangVersion, ct) is { } unsupported)
            return unsupported;
        return await ChangeAsync(script, content, ct);
    }

    /// <summary>Makes the content of a version that is kept the newest one.</summary>
    public async Task<Result<ScriptView>> RestoreAsync(Guid id, int number, CancellationToken ct)
    {
        var version = await scripts.GetVersionAsync(id, number, ct);
        if (!version.IsOk)
            return version.Error;
        audit.Note("version", number);
        return await ChangeAsync((await scripts.FindAsync(id, ct))!, version.Value.Content, ct);
    }

    public async Task<Result<Nothing>> DeleteAsync(Guid id, CancellationToken ct)
    {
        if (await scripts.FindAsync(id, ct) is not { } script)
            return ScriptErrors.NotFound;
        db.Remove(script);
        db.Raise(new ScriptDeleted(script.Id, script.UserId, db.Caller.UserId));
        audit.Target("script", script.Id, script.Name);
        return await SavesAsync(ct) ? default(Nothing) : ScriptErrors.Stale;
    }

    private async Task<Result<ScriptView>> InsertAsync(ScriptDraft draft, CancellationToken ct)
    {
        var (caller, now, most) = (db.Caller, UtcMillisecondsConverter.Truncate(clock.GetUtcNow()), options.Value.MaxPerUser);
        await db.LockUserAsync(caller.UserId!.Value, ct);
        if (await db.SavedScripts.CountAsync(script => script.UserId == caller.UserId, ct) >= most)
            return ScriptErrors.TooMany(most);

        var script = new SavedScript
        {
            Id = Guid.CreateVersion7(now),
            UserId = caller.UserId.Value,
            OrganizationId = caller.OrganizationId!.Value,
            ProjectId = caller.ProjectId!.Value,
            Name = draft.Name,
            Script = draft.Script,
            Lang = draft.Lang,
            LangVersion = draft.LangVersion,
            Description = draft.Description,
            Version = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.AddRange(script, ScriptVersion.Of(script));
        Tell(script);
        var view = ScriptView.From(script);
        idempotency.Complete(view);
        await db.SaveChangesAsync(ct);
        return view;
    }

    private async Task<Result<ScriptView>> ChangeAsync(SavedScript script, ScriptContent content, CancellationToken ct)
    {
        script.UpdatedAt = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        if (content != script.Content)
        {
            script.Set(content);
            script.Version++;
            db.Add(ScriptVersion.Of(script));
            await DropOldVersionsAsync(script, ct);
        }

        Tell(script);
        return await SavesAsync(ct) ? ScriptView.From(script) : ScriptErrors.Stale;
    }

    private async Task DropOldVersionsAsync(SavedScript script, CancellationToken ct)
    {
        var newestDropped = script.Version - options.Value.MaxVersions;
        db.RemoveRange(await db.ScriptVersions.Where(version => version.ScriptId == script.Id && version.Number <= newestDropped).ToListAsync(ct));
    }

    private void Tell(SavedScript script)
    {
        db.Raise(new ScriptSaved(script.Id, script.UserId, script.Name, script.Lang));
        audit.Target("script", script.Id, script.Name);
    }

    private async Task<bool> SavesAsync(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            return false;
        }
    }
}
