using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Scripts;

/// <summary>Reads the caller's scripts.</summary>
public sealed class ScriptQueries(PlatformDbContext db)
{
    /// <summary>All of them, the last changed first.</summary>
    public async Task<Result<IReadOnlyList<ScriptView>>> ListAsync(CancellationToken ct)
    {
        var scripts = await db.SavedScripts.AsNoTracking().OrderByDescending(script => script.UpdatedAt).ThenByDescending(script => script.Id).ToListAsync(ct);
        return scripts.ConvertAll(ScriptView.From);
    }

    public async Task<Result<ScriptView>> GetAsync(Guid id, CancellationToken ct) =>
        await FindAsync(id, ct) is { } script ? ScriptView.From(script) : ScriptErrors.NotFound;

    public Task<SavedScript?> FindAsync(Guid id, CancellationToken ct) => db.SavedScripts.SingleOrDefaultAsync(script => script.Id == id, ct);

    /// <summary>The versions that are kept, the newest first.</summary>
    public async Task<Result<IReadOnlyList<ScriptVersionSummary>>> ListVersionsAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is null)
            return ScriptErrors.NotFound;
        return await db.ScriptVersions.Where(version => version.ScriptId == id).OrderByDescending(version => version.Number)
            .Select(version => new ScriptVersionSummary(version.Number, version.Name, version.Lang, version.LangVersion, version.SavedAt)).ToListAsync(ct);
    }

    public async Task<Result<ScriptVersion>> GetVersionAsync(Guid id, int number, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is null)
            return ScriptErrors.NotFound;
        return await db.ScriptVersions.SingleOrDefaultAsync(version => version.ScriptId == id && version.Number == number, ct) is { } version
            ? version
            : ScriptErrors.VersionNotFound;
    }
}
