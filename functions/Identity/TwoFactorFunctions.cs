using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

public sealed record TwoFactorPassword([Required, StringLength(1024)] string Password);

public sealed record TwoFactorCode([Required, StringLength(64)] string Code);

/// <summary>The caller's second factor.</summary>
[Api(Family.Checks)]
public sealed class TwoFactorFunctions(TwoFactorService factors, Caller caller)
{
    /// <summary>Whether the caller's second factor is on, and how many recovery codes are left.</summary>
    [Function("TwoFactor_Status")]
    [Operation(Permissions.ProfileRead, Rate.Default, Auth = Auth.SessionOnly)]
    public async Task<Result<TwoFactorStatus>> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/two-factor/status")] HttpRequest http, CancellationToken ct) =>
        await factors.FindAsync(caller.UserId!.Value, ct);

    /// <summary>Begin to set up a second factor: the secret for an authenticator app, and recovery codes, shown this once.</summary>
    [Function("TwoFactor_Enable")]
    [Operation(Permissions.ProfileWrite, Rate.Sensitive, Auth = Auth.SessionOnly, Body = typeof(TwoFactorPassword), Audit = "two_factor.begin")]
    public async Task<Result<TwoFactorSetup>> EnableAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/two-factor/enable")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<TwoFactorPassword>(ct);
        return body.IsOk ? await factors.BeginAsync(caller.UserId!.Value, body.Value.Password, ct) : body.Error;
    }

    /// <summary>Switch the second factor on with a code of the app.</summary>
    [Function("TwoFactor_Verify")]
    [Operation(Permissions.ProfileWrite, Rate.Auth, Auth = Auth.SessionOnly, Body = typeof(TwoFactorCode), Audit = "two_factor.enable")]
    public async Task<Result<StatusAnswer>> VerifyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/two-factor/verify")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<TwoFactorCode>(ct);
        if (!body.IsOk)
            return body.Error;
        var outcome = await factors.ConfirmAsync(caller.UserId!.Value, body.Value.Code, ct);
        return outcome.IsOk ? new StatusAnswer(true) : outcome.Error;
    }

    /// <summary>Take the second factor away.</summary>
    [Function("TwoFactor_Disable")]
    [Operation(Permissions.ProfileWrite, Rate.Sensitive, Auth = Auth.SessionOnly, Body = typeof(TwoFactorPassword), Audit = "two_factor.disable")]
    public async Task<Result<StatusAnswer>> DisableAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/two-factor/disable")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<TwoFactorPassword>(ct);
        if (!body.IsOk)
            return body.Error;
        var outcome = await factors.RemoveAsync(caller.UserId!.Value, body.Value.Password, ct);
        return outcome.IsOk ? new StatusAnswer(true) : outcome.Error;
    }
}
