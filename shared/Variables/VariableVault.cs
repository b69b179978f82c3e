using Platform.Secrets;

namespace Platform.Variables;

/// <summary>Seals the values of variables. A value belongs to its row and key: moved to another row, project or key it does not open.</summary>
public sealed class VariableVault(ISecretBox secrets)
{
    public Task<string> SealAsync(Variable variable, string value, CancellationToken ct) => secrets.SealAsync(variable.OrganizationId, Place(variable), value, ct);

    /// <summary>The value in clear; throws for a file, which has none.</summary>
    public Task<string> OpenAsync(Variable variable, CancellationToken ct) => secrets.OpenAsync(variable.OrganizationId, Place(variable), variable.Value!, ct);

    private static string Place(Variable variable) => $"variables/{variable.ProjectId:D}/{variable.Id:D}/{variable.Key}";
}
