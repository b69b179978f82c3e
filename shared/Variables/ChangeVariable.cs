using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Variables;

/// <summary>Changes and deletes variables. The row's version decides between two changes at once: the later one is refused.</summary>
public sealed class ChangeVariable(PlatformDbContext db, VariableVault vault, VariableFiles files, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Changes what <paramref name="change"/> names. A file variable stays one and takes files, the others take values.</summary>
    public async Task<Result<VariableReading>> UpdateAsync(Variable variable, VariableChange change, CancellationToken ct)
    {
        var type = change.Type ?? variable.Type;
        if (change.Version is { } version && version != variable.Version)
            return VariableErrors.Stale;
        if (Shows(variable, type, change) && !db.Caller.Can(Permissions.VariablesDecrypt))
            return VariableErrors.DecryptMissing;

        var key = change.Key ?? variable.Key;
        var value = change.Value;
        if (value is null && variable.Value is not null && (key != variable.Key || type == VariableType.Plain))
            value = await vault.OpenAsync(variable, ct);
        var former = variable.ContentId;
        if (!Note(variable, key, type, change))
            return Reading();

        (variable.Key, variable.Type) = (key, type);
        if (value is not null)
            variable.Value = await vault.SealAsync(variable, value, ct);
        if (change.Description is { } text)
            variable.Description = text.Length > 0 ? text : null;
        if (change.File is { } file)
            await files.StoreAsync(variable, file, ct);
        return await SaveAsync(variable, former, ct) is { } refusal ? refusal : Reading();

        VariableReading Reading() => new(variable, type == VariableType.Plain ? value : null);
    }

    public async Task DeleteAsync(Variable variable, CancellationToken ct)
    {
        db.Remove(variable);
        db.Raise(VariableChanged.Of(variable, "deleted"));
        await db.SaveChangesAsync(ct);
        await files.DiscardAsync(variable.ContentId);
    }

    // Writes down which fields change; false when none does.
    private bool Note(Variable variable, string key, VariableType type, VariableChange change)
    {
        var any = false;
        Field(key != variable.Key, "key", variable.Key, key);
        Field(type != variable.Type, "type", variable.Type, type);
        Field(change.Value is not null, "value", AuditChange.Hidden, AuditChange.Hidden);
        Field(change.Description is { } text && text != (variable.Description ?? ""), "description", AuditChange.Hidden, AuditChange.Hidden);
        Field(change.File is not null, "file", variable.FileName, change.File?.Name);
        return any;

        void Field(bool changes, string name, object? from, object? to)
        {
            any |= changes;
            if (changes)
                audit.Change(name, from, to);
        }
    }

    private async Task<Error?> SaveAsync(Variable variable, Guid? former, CancellationToken ct)
    {
        variable.UpdatedAt = clock.GetUtcNow();
        variable.Version++;
        db.Raise(VariableChanged.Of(variable, "updated"));
        var saved = false;
        try
        {
            await db.SaveChangesAsync(ct);
            saved = true;
            return null;
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return VariableErrors.KeyTaken;
        }
        finally
        {
            if (variable.ContentId != former)
                await files.DiscardAsync(saved ? former : variable.ContentId);
        }
    }

    // The old value becomes readable without decrypting it.
    private static bool Shows(Variable variable, VariableType type, VariableChange change) =>
        variable.Type == VariableType.Secret && type == VariableType.Plain && change.Value is null;
}
