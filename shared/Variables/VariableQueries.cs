using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Variables;

/// <summary>Reads the variables for tests of the caller's project.</summary>
public sealed class VariableQueries(PlatformDbContext db, VariableVault vault, VariableFiles files, AuditTrail audit)
{
    private IQueryable<Variable> OfProject => db.Variables.Where(variable => variable.ProjectId == db.Caller.ProjectId && variable.Audience == VariableAudience.Tests);

    /// <summary>All of them, the newest first, with the values of the plain ones.</summary>
    public async Task<IReadOnlyList<VariableReading>> ListAsync(CancellationToken ct)
    {
        var variables = await OfProject.AsNoTracking().OrderByDescending(variable => variable.Id).ToListAsync(ct);
        var readings = new List<VariableReading>(variables.Count);
        foreach (var variable in variables)
            readings.Add(await ReadAsync(variable, ct));
        return readings;
    }

    /// <summary>The variable itself, to be changed; the running operation's audit entry names it.</summary>
    public async Task<Result<Variable>> FindAsync(Guid id, CancellationToken ct)
    {
        if (await OfProject.SingleOrDefaultAsync(variable => variable.Id == id, ct) is not { } variable)
            return VariableErrors.NotFound;
        audit.Target("variable", variable.Id, variable.Key);
        return variable;
    }

    /// <summary>One variable, with its value if it is plain.</summary>
    public async Task<Result<VariableReading>> GetAsync(Guid id, CancellationToken ct)
    {
        var found = await FindAsync(id, ct);
        return found.IsOk ? await ReadAsync(found.Value, ct) : found.Error;
    }

    /// <summary>A secret with its value.</summary>
    public async Task<Result<VariableReading>> DecryptAsync(Guid id, CancellationToken ct)
    {
        var found = await FindAsync(id, ct);
        if (!found.IsOk)
            return found.Error;
        return found.Value.Type == VariableType.Secret
            ? new VariableReading(found.Value, await vault.OpenAsync(found.Value, ct))
            : VariableErrors.NotASecret;
    }

    /// <summary>The content of a file variable.</summary>
    public async Task<Result<VariableContent>> OpenFileAsync(Guid id, CancellationToken ct)
    {
        var found = await FindAsync(id, ct);
        if (!found.IsOk)
            return found.Error;
        if (found.Value.Type != VariableType.File)
            return VariableErrors.NotAFile;
        return await files.OpenAsync(found.Value, ct) is { } stream ? new VariableContent(found.Value, stream) : VariableErrors.FileNotFound;
    }

    private async Task<VariableReading> ReadAsync(Variable variable, CancellationToken ct) =>
        new(variable, variable.Type == VariableType.Plain ? await vault.OpenAsync(variable, ct) : null);
}
