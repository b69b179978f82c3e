using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>The same access tokens, as the agents family shows them.</summary>
[Api(Family.Agents)]
public sealed class ApiTokenFunctions(CreateUserToken create, UserTokens tokens, TokenQueries queries, TokenUsage usage, Caller caller)
{
    private const int MaxLive = 20;
    private const int MaxShown = 1000;

    /// <summary>List the caller's access tokens of the active organization, newest first; revoked ones are hidden.</summary>
    [Function("ApiTokens_List")]
    [Operation(Permissions.TokensRead, Rate.Default, Auth = Auth.SessionOnly)]
    public async Task<Result<ApiTokenList>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tokens")] HttpRequest http, CancellationToken ct)
    {
        var filter = new TokenFilter(TokenKind.User) { UserId = caller.UserId, Statuses = [TokenStatus.Active, TokenStatus.Rotating, TokenStatus.Expired] };
        var page = await queries.ListAsync(filter, offset: 0, MaxShown, ct);
        return new ApiTokenList([.. page.Items.Select(token => ApiTokenView.From(token, usage.LastOf(token.Id)))]);
    }

    /// <summary>Create an access token in the active organization; its secret is shown this once.</summary>
    [Function("ApiTokens_Create")]
    [Operation(Permissions.TokensManage, Rate.Token, Auth = Auth.SessionOnly, Success = 201, Audit = "token.create", Idempotent = true, Body = typeof(CreateApiTokenRequest))]
    public async Task<Result<CreatedApiToken>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tokens")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<CreateApiTokenRequest>(ct);
        var issued = body.IsOk ? await create.CreateAsync(body.Value.ToWish(), MaxLive, ct) : body.Error;
        return issued.IsOk ? CreatedApiToken.From(issued.Value) : issued.Error;
    }

    /// <summary>Revoke an access token: it is dead at once.</summary>
    [Function("ApiTokens_Revoke")]
    [Operation(Permissions.TokensManage, Rate.Default, Auth = Auth.SessionOnly, TellsSuccess = true, Audit = "token.revoke")]
    public async Task<Result<SuccessAnswer>> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/tokens/{tokenId}")] HttpRequest http, string tokenId, CancellationToken ct)
    {
        var revoked = await tokens.RevokeLiveAsync(tokenId.ToId(), ct);
        return revoked.IsOk ? new SuccessAnswer() : revoked.Error;
    }
}

/// <summary>An access token as agents shows it; <paramref name="TokenPrefix"/> is the beginning of the secret.</summary>
public sealed record ApiTokenView(
    Guid Id, string Name, string TokenPrefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? ExpiresAt)
{
    public static ApiTokenView From(AccessToken token, LastTokenUse? last) =>
        new(token.Id, token.Name, token.Prefix, token.Scopes, token.CreatedAt, last?.At ?? token.LastUsedAt, token.ExpiresAt);
}

public sealed record ApiTokenList(IReadOnlyList<ApiTokenView> Tokens);

/// <summary>A new access token with its secret.</summary>
public sealed record CreatedApiToken(string Token, Guid Id, string Name, string TokenPrefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static CreatedApiToken From(IssuedToken issued)
    {
        var token = issued.Token;
        return new(issued.Secret, token.Id, token.Name, token.Prefix, token.Scopes, token.CreatedAt, token.ExpiresAt);
    }
}
