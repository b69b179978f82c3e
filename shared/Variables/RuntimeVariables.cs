using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Variables;

/// <summary>Lists and deletes the variables that builds and functions of a project read. Those for tests are shown beside them and changed elsewhere.</summary>
public sealed class RuntimeVariables(PlatformDbContext db, VariableVault vault, AuditTrail audit)
{
    /// <summary>The newest first, with the values of all but files.</summary>
    public async Task<Page<VariableReading>> ListAsync(RuntimeVariableFilter filter, int offset, int limit, CancellationToken ct)
    {
        var matches = Matching(filter);
        var total = await matches.LongCountAsync(ct);
        var rows = await matches.OrderByDescending(variable => variable.CreatedAt).ThenByDescending(variable => variable.Id).Skip(offset).Take(limit).AsNoTracking().ToListAsync(ct);
        var readings = new List<VariableReading>(rows.Count);
        foreach (var row in rows)
            readings.Add(new VariableReading(row, row.Value is null ? null : await vault.OpenAsync(row, ct)));
        return new Page<VariableReading>(readings, total, limit, offset);
    }

    /// <summary>Deletes it for all its targets. What runs keeps the value that it started with.</summary>
    public async Task<Result<Variable>> DeleteAsync(Guid id, CancellationToken ct)
    {
        if (await db.Variables.SingleOrDefaultAsync(variable => variable.Id == id, ct) is not { } variable)
            return VariableErrors.NotFound;
        audit.Target("variable", variable.Id, variable.Key);
        if (!db.Caller.CanIn(variable.ProjectId, Permissions.EnvWrite))
            return PermissionErrors.Missing(db.Caller, Permissions.EnvWrite);
        if (variable.Audience != VariableAudience.Runtime)
            return VariableErrors.OfTests;
        db.Remove(variable);
        db.Raise(VariableChanged.Of(variable, "deleted"));
        try
        {
            await db.SaveChangesAsync(ct);
            return variable;
        }
        catch (DbUpdateConcurrencyException)
        {
            return VariableErrors.Stale;
        }
    }

    private IQueryable<Variable> Matching(RuntimeVariableFilter filter)
    {
        var variables = db.Variables.AsQueryable();
        if (filter.ProjectId is { } project)
            variables = variables.Where(variable => variable.ProjectId == project);
        if (filter.Targets is not VariableTargets.None and var targets)
            variables = variables.Where(variable => (variable.Targets & targets) != VariableTargets.None);
        var (scopes, tests) = (filter.Scopes, filter.Tests);
        if (scopes != VariableScopes.None || tests)
            variables = variables.Where(variable => (variable.Scopes != null && (variable.Scopes.Value & scopes) != VariableScopes.None) || (tests && variable.Audience == VariableAudience.Tests));
#pragma warning disable CA1862 // in the database there is no other way
        if (filter.Search?.Trim().ToLowerInvariant() is { Length: > 0 } text)
            variables = variables.Where(variable => variable.Key.ToLower().Contains(text));
#pragma warning restore CA1862
        return variables;
    }
}
