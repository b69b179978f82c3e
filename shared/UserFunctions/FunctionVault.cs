using System.Text.Json;
using Platform.Secrets;
using Platform.Variables;

namespace Platform.UserFunctions;

/// <summary>Seals and opens the variables of functions, and reads those of their projects.</summary>
public sealed class FunctionVault(ISecretBox box, RuntimeValues project)
{
    public async Task SetAsync(UserFunction function, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        function.EnvironmentNames = [.. environment.Keys.Order(StringComparer.Ordinal)];
        function.Environment = environment.Count == 0 ? null : await box.SealAsync(function.OrganizationId, Place(function.Id), JsonSerializer.Serialize(environment), ct);
    }

    public async Task<Dictionary<string, string>> OpenAsync(Guid organizationId, Guid functionId, string? environment, CancellationToken ct) => environment is null
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        : JsonSerializer.Deserialize<Dictionary<string, string>>(await box.OpenAsync(organizationId, Place(functionId), environment, ct))!;

    /// <summary>What a function sees: its project's variables for functions in production, over them its own.</summary>
    public async Task<Dictionary<string, string>> EffectiveAsync(Guid organizationId, Guid projectId, Guid functionId, string? environment, CancellationToken ct)
    {
        var all = new Dictionary<string, string>(await project.ReadAsync(projectId, VariableTargets.Production, VariableScopes.Functions, ct), StringComparer.Ordinal);
        foreach (var (name, value) in await OpenAsync(organizationId, functionId, environment, ct))
            all[name] = value;
        return all;
    }

    private static string Place(Guid functionId) => $"user_functions/{functionId:D}/environment";
}
