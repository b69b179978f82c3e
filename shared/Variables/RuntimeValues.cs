using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Variables;

/// <summary>The values of a project's variables for what runs in its name. Callers keep them out of logs, answers and events.</summary>
public sealed class RuntimeValues(PlatformDbContext db, VariableVault vault)
{
    /// <summary>Values by key of what <paramref name="scope"/> reads in <paramref name="target"/>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(Guid projectId, VariableTargets target, VariableScopes scope, CancellationToken ct)
    {
        var rows = await db.Variables.AsNoTracking()
            .Where(variable => variable.ProjectId == projectId && variable.Audience == VariableAudience.Runtime && variable.Value != null)
            .Where(variable => (variable.Targets & target) != VariableTargets.None && variable.Scopes != null && (variable.Scopes.Value & scope) != VariableScopes.None)
            .OrderBy(variable => variable.Key).ToListAsync(ct);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in rows)
            values[row.Key] = await vault.OpenAsync(row, ct);
        return values;
    }
}
