using Microsoft.AspNetCore.Http;
using Platform.Admin;

namespace Platform.Functions.Admin;

/// <summary>Exceptions from rate limits, for operators.</summary>
[Api(Family.Executions)]
public sealed class UserLimitsFunctions(UserLimitsAdministration limits)
{
    private const string Own = "api/v1/admin/users/{userId}/rate-limits";

    /// <summary>Read the rules of the rate limiter that hold for everybody.</summary>
    [Function("AdminRateLimits_Get")]
    [Operation(Permissions.PlatformUsers, Rate.Admin)]
    public Task<Result<RateRulesView>> GetRulesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/rate-limits")] HttpRequest http) =>
        Task.FromResult<Result<RateRulesView>>(limits.Defaults);

    /// <summary>Read a user's exceptions from rate limits and the rules that hold for him.</summary>
    [Function("AdminUserLimits_Get")]
    [Operation(Permissions.PlatformUsers, Rate.Admin)]
    public Task<Result<UserLimitsView>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Own)] HttpRequest http, string userId, CancellationToken ct) =>
        limits.GetAsync(userId.ToId(), ct);

    /// <summary>Replace a user's exceptions from rate limits.</summary>
    [Function("AdminUserLimits_Replace")]
    [Operation(Permissions.PlatformUsers, Rate.Admin, Audit = "user_limits.set", Body = typeof(UserLimitsReplacement))]
    public async Task<Result<UserLimitsView>> ReplaceAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Own)] HttpRequest http, string userId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<UserLimitsReplacement>(ct);
        return body.IsOk ? await limits.ReplaceAsync(userId.ToId(), body.Value, ct) : body.Error;
    }

    /// <summary>Take a user's exceptions from rate limits away.</summary>
    [Function("AdminUserLimits_Reset")]
    [Operation(Permissions.PlatformUsers, Rate.Admin, Audit = "user_limits.reset")]
    public Task<Result<UserLimitsView>> ResetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Own)] HttpRequest http, string userId, CancellationToken ct) =>
        limits.ResetAsync(userId.ToId(), ct);
}
