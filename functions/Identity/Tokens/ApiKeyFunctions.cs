using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>API keys of the gateway: access tokens of kind inference, as the inference family shows them.</summary>
[Api(Family.Inference)]
public sealed class ApiKeyFunctions(InferenceKeys keys, TokenQueries queries, TokenUsage usage, Caller caller)
{
    private const int MaxShown = 1000;

    /// <summary>List the caller's API keys of the current organization, newest first, ended ones too.</summary>
    [Function("ApiKeys_List")]
    [Operation(Permissions.InferenceRead, Rate.Default)]
    public async Task<Result<IReadOnlyList<ApiKeyView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api_keys")] HttpRequest http, CancellationToken ct)
    {
        var page = await queries.ListAsync(new TokenFilter(TokenKind.Inference) { UserId = caller.UserId }, offset: 0, MaxShown, ct);
        return Rows(page);
    }

    /// <summary>Create an API key in the current organization; it is shown this once.</summary>
    [Function("ApiKeys_Create")]
    [Operation(Permissions.InferenceKeysManage, Rate.Token, Auth = Auth.SessionOnly, Audit = "token.create", Idempotent = true, Body = typeof(CreateApiKeyRequest))]
    public async Task<Result<CreatedApiKey>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api_keys")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<CreateApiKeyRequest>(ct);
        var issued = body.IsOk ? await keys.CreateAsync(body.Value.Name.Trim(), body.Value.ExpiresInDays, ct) : body.Error;
        return issued.IsOk ? new CreatedApiKey(View(issued.Value.Token), issued.Value.Secret) : ApiKeyErrors.Of(issued.Error);
    }

    /// <summary>Search the caller's API keys of the current organization.</summary>
    [Function("ApiKeys_Search")]
    [Operation(Permissions.InferenceRead, Rate.Default, Query = typeof(ApiKeySearch))]
    public async Task<Result<ApiKeyPage>> SearchAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api_keys/search")] HttpRequest http, CancellationToken ct)
    {
        var search = http.ReadQuery<ApiKeySearch>();
        if (!search.IsOk)
            return search.Error;
        var total = await queries.CountAsync(new TokenFilter(TokenKind.Inference) { UserId = caller.UserId }, ct);
        var page = await queries.ListAsync(search.Value.ToFilter(caller.UserId), search.Value.Offset, search.Value.Limit, ct);
        return new ApiKeyPage(page.Offset, page.Limit, total, page.Total, [.. page.Items.Select(View)]);
    }

    /// <summary>Rename an API key.</summary>
    [Function("ApiKeys_Rename")]
    [Operation(Permissions.InferenceKeysManage, Rate.Default, Auth = Auth.SessionOnly, Audit = "token.rename", Body = typeof(RenameApiKeyRequest))]
    public async Task<Result<ApiKeyView>> RenameAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api_keys/{apiKeyId}")] HttpRequest http, string apiKeyId, CancellationToken ct)
    {
        if (!Guid.TryParse(apiKeyId, out var id))
            return ApiKeyErrors.BadId;
        var body = await http.ReadBodyAsync<RenameApiKeyRequest>(ct);
        var renamed = body.IsOk ? await keys.RenameAsync(id, body.Value.Name.Trim(), ct) : body.Error;
        return renamed.IsOk ? View(renamed.Value) : ApiKeyErrors.Of(renamed.Error);
    }

    /// <summary>Revoke an API key: it is dead at once.</summary>
    [Function("ApiKeys_Revoke")]
    [Operation(Permissions.InferenceKeysManage, Rate.Default, Auth = Auth.SessionOnly, Audit = "token.revoke")]
    public async Task<Result<ApiKeyView>> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api_keys/{apiKeyId}")] HttpRequest http, string apiKeyId, CancellationToken ct)
    {
        if (!Guid.TryParse(apiKeyId, out var id))
            return ApiKeyErrors.BadId;
        var revoked = await keys.RevokeAsync(id, ct);
        return revoked.IsOk ? View(revoked.Value) : ApiKeyErrors.Of(revoked.Error);
    }

    private Result<IReadOnlyList<ApiKeyView>> Rows(Page<AccessToken> page) => page.Items.Select(View).ToList();

    private ApiKeyView View(AccessToken key) => ApiKeyView.From(key, usage.LastOf(key.Id));
}
