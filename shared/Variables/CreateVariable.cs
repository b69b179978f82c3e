using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Organizations;

namespace Platform.Variables;

/// <summary>Creates a variable for tests in the caller's project.</summary>
public sealed class CreateVariable(
    PlatformDbContext db, VariableVault vault, VariableFiles files, AuditTrail audit, IdempotentRequest idempotency, IOptions<VariableOptions> options, TimeProvider clock)
{
    /// <param name="answer">What the caller will be told; kept, sealed, for repetitions of his request.</param>
    public async Task<Result<VariableReading>> CreateAsync(VariableDraft draft, Func<VariableReading, object> answer, CancellationToken ct)
    {
        var variable = New(draft);
        if (draft.File is { } file)
            await files.StoreAsync(variable, file, ct);
        else
            variable.Value = await vault.SealAsync(variable, draft.Value!, ct);
        var reading = new VariableReading(variable, draft.Type == VariableType.Plain ? draft.Value : null);
        var created = await SaveAsync(reading, answer(reading), ct);
        if (!created.IsOk)
            await files.DiscardAsync(variable.ContentId);
        return created;
    }

    private async Task<Result<VariableReading>> SaveAsync(VariableReading reading, object answer, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(() => InsertAsync(reading, answer, ct), ct);
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return VariableErrors.KeyTaken;
        }
        catch
        {
            await files.DiscardAsync(reading.Variable.ContentId);
            throw;
        }
    }

    private async Task<Result<VariableReading>> InsertAsync(VariableReading reading, object answer, CancellationToken ct)
    {
        var variable = reading.Variable;
        if (!await db.LockProjectAsync(variable.ProjectId, ct))
            return VariableErrors.ProjectNotFound;
        if (await db.Variables.CountAsync(other => other.ProjectId == variable.ProjectId && other.Audience == VariableAudience.Tests, ct) >= options.Value.MaxPerProject)
            return VariableErrors.TooMany(options.Value.MaxPerProject);

        db.Add(variable);
        audit.Target("variable", variable.Id, variable.Key);
        db.Raise(VariableChanged.Of(variable, "created"));
        await idempotency.CompleteSealedAsync(answer, ct);
        await db.SaveChangesAsync(ct);
        return reading;
    }

    private Variable New(VariableDraft draft)
    {
        var (caller, now) = (db.Caller, clock.GetUtcNow());
        return new Variable
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = caller.OrganizationId!.Value,
            ProjectId = caller.ProjectId!.Value,
            Audience = VariableAudience.Tests,
            Key = draft.Key,
            Type = draft.Type,
            Description = draft.Description is { Length: > 0 } text ? text : null,
            CreatedBy = caller.UserId,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
    }
}
