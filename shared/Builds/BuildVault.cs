using System.Text.Json;
using Platform.Data;
using Platform.Secrets;

namespace Platform.Builds;

/// <summary>What a build's request keeps for itself: the source's token and variables.</summary>
internal sealed record BuildSecrets(string? Token, IReadOnlyDictionary<string, string> Variables);

/// <summary>Seals and opens what builds and their configuration keep secret. A text belongs to its row and field.</summary>
public sealed class BuildVault(ISecretBox box)
{
    internal Task<string> SealAsync(Guid organizationId, Guid buildId, BuildSecrets secrets, CancellationToken ct) => SealAsync(organizationId, Place(buildId, "secrets"), secrets, ct);

    internal async Task<BuildSecrets> OpenAsync(Build build, CancellationToken ct) => build.Secrets is { } text
        ? await OpenAsync<BuildSecrets>(build.OrganizationId, Place(build.Id, "secrets"), text, ct)
        : new BuildSecrets(null, new Dictionary<string, string>());

    internal Task<string> SealPayloadAsync(BuildHookRun run, string payload, CancellationToken ct) => SealAsync(run.OrganizationId, $"build_hook_runs/{run.Id:D}/payload", payload, ct);

    internal async Task<string?> OpenPayloadAsync(BuildHookRun run, CancellationToken ct) =>
        run.Payload is { } text ? await OpenAsync<string>(run.OrganizationId, $"build_hook_runs/{run.Id:D}/payload", text, ct) : null;

    internal async Task SetTokenAsync(BuildConfig config, string? token, CancellationToken ct) =>
        config.RepositoryToken = token is null ? null : await SealAsync(config.OrganizationId, OfConfig(config, "repository_token"), token, ct);

    internal async Task<string?> OpenTokenAsync(BuildConfig config, CancellationToken ct) =>
        config.RepositoryToken is { } text ? await OpenAsync<string>(config.OrganizationId, OfConfig(config, "repository_token"), text, ct) : null;

    internal async Task SetHookSecretAsync(BuildConfig config, string secret, CancellationToken ct) =>
        config.HookSecret = await SealAsync(config.OrganizationId, OfConfig(config, "hook_secret"), secret, ct);

    internal async Task<string?> OpenHookSecretAsync(BuildConfig config, CancellationToken ct) =>
        config.HookSecret is { } text ? await OpenAsync<string>(config.OrganizationId, OfConfig(config, "hook_secret"), text, ct) : null;

    internal async Task SetHeadersAsync(BuildConfig config, IReadOnlyDictionary<string, Dictionary<string, string>> headers, CancellationToken ct) =>
        config.HookHeaders = headers.Count == 0 ? null : await SealAsync(config.OrganizationId, OfConfig(config, "hook_headers"), headers, ct);

    /// <summary>Header values by the names of hooks.</summary>
    internal async Task<IReadOnlyDictionary<string, Dictionary<string, string>>> OpenHeadersAsync(BuildConfig config, CancellationToken ct) => config.HookHeaders is { } text
        ? await OpenAsync<Dictionary<string, Dictionary<string, string>>>(config.OrganizationId, OfConfig(config, "hook_headers"), text, ct)
        : new Dictionary<string, Dictionary<string, string>>();

    private Task<string> SealAsync<T>(Guid organizationId, string place, T value, CancellationToken ct) =>
        box.SealAsync(organizationId, place, JsonSerializer.Serialize(value, JsonColumn.Options), ct);

    private async Task<T> OpenAsync<T>(Guid organizationId, string place, string text, CancellationToken ct) =>
        JsonSerializer.Deserialize<T>(await box.OpenAsync(organizationId, place, text, ct), JsonColumn.Options)!;

    private static string Place(Guid buildId, string field) => $"builds/{buildId:D}/{field}";

    private static string OfConfig(BuildConfig config, string field) => $"build_configs/{config.Id:D}/{field}";
}
