using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>Access tokens, as the delivery family shows them. Where the path names one, it is looked for before permission and body are checked.</summary>
[Api(Family.Delivery)]
public sealed class DevTokenFunctions(
    CreateUserToken create, UserTokens tokens, TokenQueries queries, TokenUsageQueries usage, DevTokenViews views, Caller caller, TimeProvider clock)
{
    private const int MaxLive = 50;

    /// <summary>Generate an access token in the active organization; its secret is shown this once. With an access token only one of no more rights.</summary>
    [Function("DevTokens_Create")]
    [Operation(Permissions.TokensManage, Rate.Token, Success = 201, Audit = "token.create", Idempotent = true, Body = typeof(CreateDevTokenRequest))]
    public async Task<Result<DevTokenView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/dev/tokens")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<CreateDevTokenRequest>(ct);
        var issued = body.IsOk ? await create.CreateAsync(body.Value.ToWish(), MaxLive, ct) : body.Error;
        return issued.IsOk ? views.Of(issued.Value) : issued.Error;
    }

    /// <summary>List the caller's access tokens of the active organization, or everybody's.</summary>
    [Function("DevTokens_List")]
    [Operation(Permissions.TokensRead, Rate.Default, Query = typeof(DevTokenFilter))]
    public async Task<Result<Page<DevTokenView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/dev/tokens")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<DevTokenFilter>();
        if (!filter.IsOk)
            return filter.Error;
        if (filter.Value.All && !caller.CanIn(null, Permissions.TokensAdmin))
            return PermissionErrors.Missing(caller, Permissions.TokensAdmin);
        var page = await queries.ListAsync(filter.Value.ToFilter(caller, clock.GetUtcNow()), filter.Value.Offset, filter.Value.Limit, ct);
        return new Page<DevTokenView>([.. page.Items.Select(views.Of)], page.Total, page.Limit, page.Offset);
    }

    /// <summary>Give a token a new secret, shown this once; the former one works for an overlap.</summary>
    [Function("DevTokens_Rotate")]
    [Operation(Permissions.TokensManage, Rate.Token, ObjectFirst = true, Audit = "token.rotate", Body = typeof(RotateDevTokenRequest))]
    public async Task<Result<DevTokenView>> RotateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/dev/tokens/{tokenId}/rotate")] HttpRequest http, string tokenId, CancellationToken ct)
    {
        var own = await tokens.FindOwnAsync(tokenId.ToId(), ct);
        var body = own.IsOk ? await http.ReadBodyAsync<RotateDevTokenRequest>(ct) : own.Error;
        var issued = body.IsOk ? await tokens.RotateAsync(own.Value.Id, TimeSpan.FromSeconds(body.Value.OverlapSeconds), body.Value.End(), ct) : body.Error;
        return issued.IsOk ? views.Of(issued.Value) : issued.Error;
    }

    /// <summary>Revoke a token: its secrets are dead at once. Again is fine.</summary>
    [Function("DevTokens_Revoke")]
    [Operation(Permissions.TokensManage, Rate.Default, ObjectFirst = true, Audit = "token.revoke")]
    public async Task<Result<DevTokenView>> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/dev/tokens/{tokenId}")] HttpRequest http, string tokenId, CancellationToken ct)
    {
        var revoked = await tokens.RevokeAsync(tokenId.ToId(), ct);
        return revoked.IsOk ? views.Of(revoked.Value) : revoked.Error;
    }

    /// <summary>Show how a token was used.</summary>
    [Function("DevTokens_GetUsage")]
    [Operation(Permissions.TokensRead, Rate.Default, ObjectFirst = true, Query = typeof(TokenUsageQuery))]
    public async Task<Result<TokenUsageReport>> GetUsageAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/dev/tokens/{tokenId}/usage")] HttpRequest http, string tokenId, CancellationToken ct)
    {
        var found = await tokens.FindAsync(tokenId.ToId(), ct);
        var query = found.IsOk ? http.ReadQuery<TokenUsageQuery>() : found.Error;
        return query.IsOk ? await usage.ReportAsync(found.Value, query.Value.ToTimeSpan(), ct) : query.Error;
    }

    /// <summary>Change a token's scopes. Widening them needs a session and the permissions themselves.</summary>
    [Function("DevTokens_ChangeScopes")]
    [Operation(Permissions.TokensManage, Rate.Sensitive, ObjectFirst = true, Audit = "token.scopes_change", Body = typeof(ChangeScopesRequest))]
    public async Task<Result<DevTokenView>> ChangeScopesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/dev/tokens/{tokenId}/scopes")] HttpRequest http, string tokenId, CancellationToken ct)
    {
        var own = await tokens.FindOwnAsync(tokenId.ToId(), ct);
        var body = own.IsOk ? await http.ReadBodyAsync<ChangeScopesRequest>(ct) : own.Error;
        var changed = body.IsOk ? await tokens.ChangeScopesAsync(own.Value.Id, body.Value.Scopes, body.Value.Mode, ct) : body.Error;
        return changed.IsOk ? views.Of(changed.Value) : changed.Error;
    }
}
