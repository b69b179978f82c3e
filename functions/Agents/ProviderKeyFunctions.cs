using Microsoft.AspNetCore.Http;
using Platform.Agents;
using Platform.Data;

namespace Platform.Functions.Agents;

/// <summary>Users' keys of model providers.</summary>
[Api(Family.Agents)]
public sealed class ProviderKeyFunctions(ProviderKeys keys, AgentKeys agents, Caller caller)
{
    /// <summary>List which model providers the caller has a key of; values are never shown.</summary>
    [Function("ProviderKeys_List")]
    [Operation(Permissions.ProfileRead, Rate.Default, Auth = Auth.SessionOnly, TellsSuccess = true)]
    public async Task<Result<ProviderKeyList>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/api-keys")] HttpRequest http, CancellationToken ct) =>
        new ProviderKeyList(true, await keys.ListAsync(caller.UserId!.Value, ct));

    /// <summary>Save a model provider's key, in place of an earlier one.</summary>
    [Function("ProviderKeys_Save")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Audit = "api_key.save", Body = typeof(SaveProviderKey), TellsSuccess = true)]
    public async Task<Result<SuccessAnswer>> SaveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/api-keys")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<SaveProviderKey>(ct);
        if (!body.IsOk)
            return body.Error;
        var (word, key) = (body.Value.Provider, body.Value.ApiKey?.Trim());
        if (string.IsNullOrEmpty(word) || string.IsNullOrEmpty(key))
            return AgentErrors.KeyIncomplete;
        if (!EnumWords<KeyProvider>.TryParse(word, out var provider))
            return AgentErrors.ProviderUnknown;
        if (!ProviderKey.IsWellFormed(key))
            return AgentErrors.KeyMalformed;
        await keys.SaveAsync(caller.UserId!.Value, provider, key, ct);
        return new SuccessAnswer();
    }

    /// <summary>Delete a model provider's key; succeeds without one too.</summary>
    [Function("ProviderKeys_Delete")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Audit = "api_key.delete", Query = typeof(ProviderQuery), TellsSuccess = true)]
    public async Task<Result<SuccessAnswer>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/api-keys")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ProviderQuery>();
        if (!query.IsOk)
            return query.Error;
        if (string.IsNullOrEmpty(query.Value.Provider))
            return AgentErrors.ProviderRequired;
        if (!EnumWords<KeyProvider>.TryParse(query.Value.Provider, out var provider))
            return AgentErrors.ProviderUnknown;
        await keys.DeleteAsync(caller.UserId!.Value, provider, ct);
        return new SuccessAnswer();
    }

    /// <summary>Say whether an agent would have a key to work with, the caller's or the platform's.</summary>
    [Function("ProviderKeys_Check")]
    [Operation(Permissions.TasksRead, Rate.Default, Query = typeof(AgentQuery), TellsSuccess = true)]
    public async Task<Result<KeyCheck>> CheckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/api-keys/check")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<AgentQuery>();
        return query.IsOk ? await agents.CheckAsync(query.Value.Agent, query.Value.Model, caller.UserId!.Value, ct) : query.Error;
    }
}
