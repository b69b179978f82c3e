using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>Passwords and e-mail addresses, as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksPasswordFunctions(MailRequests mails, PasswordChange passwords, EmailVerification verification, SiteLinks links, SessionCookies cookies, Caller caller)
{
    /// <summary>Mail a link to set a new password. Answers alike whether anybody has the address.</summary>
    [Function("ChecksPasswords_RequestReset")]
    [Operation(Permissions.Public, Rate.Mail, Body = typeof(PasswordResetMailRequest), Audit = "auth.request_password_reset")]
    public async Task<Result<StatusAnswer>> RequestResetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/request-password-reset")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<PasswordResetMailRequest>(ct);
        return body.IsOk ? await MailAsync(EmailTokenPurpose.Reset, body.Value.Email, body.Value.RedirectTo, ct) : body.Error;
    }

    /// <summary>Mail a link to set a new password: another name of request-password-reset.</summary>
    [Function("ChecksPasswords_Forget")]
    [Operation(Permissions.Public, Rate.Mail, Body = typeof(PasswordResetMailRequest), Audit = "auth.request_password_reset")]
    public async Task<Result<StatusAnswer>> ForgetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/forget-password")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<PasswordResetMailRequest>(ct);
        return body.IsOk ? await MailAsync(EmailTokenPurpose.Reset, body.Value.Email, body.Value.RedirectTo, ct) : body.Error;
    }

    /// <summary>Set a new password with the token of a mail; ends all sessions.</summary>
    [Function("ChecksPasswords_Reset")]
    [Operation(Permissions.Public, Rate.Auth, Body = typeof(PasswordResetRequest), Audit = "auth.reset_password")]
    public async Task<Result<StatusAnswer>> ResetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/reset-password")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<PasswordResetRequest>(ct);
        if (!body.IsOk)
            return body.Error;
        var outcome = await passwords.ResetAsync(body.Value.Token, body.Value.NewPassword, ct);
        return outcome.IsOk ? new StatusAnswer(true) : outcome.Error;
    }

    /// <summary>Change the caller's password; renews the session and ends the others.</summary>
    [Function("ChecksPasswords_Change")]
    [Operation(Permissions.ProfileWrite, Rate.Auth, Auth = Auth.SessionOnly, Body = typeof(PasswordChangeRequest), Audit = "auth.change_password")]
    public async Task<Result<PasswordChanged>> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/change-password")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<PasswordChangeRequest>(ct);
        if (!body.IsOk)
            return body.Error;
        var outcome = await passwords.ChangeAsync(caller, body.Value.CurrentPassword, body.Value.NewPassword, body.Value.RevokeOtherSessions ?? true, ct);
        if (!outcome.IsOk)
            return outcome.Error;
        cookies.Write(http.HttpContext, outcome.Value);
        return new PasswordChanged(true, outcome.Value.AccessToken);
    }

    /// <summary>Verify an address with the token of a mail; goes on to <c>callbackURL</c> when it is given.</summary>
    [Function("ChecksPasswords_VerifyEmail")]
    [Operation(Permissions.Public, Rate.Auth, Query = typeof(VerificationLink), Response = typeof(UserStatusAnswer), Audit = "auth.verify_email")]
    public async Task<object> VerifyEmailAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/verify-email")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<VerificationLink>();
        if (!query.IsOk)
            return (Result<UserStatusAnswer>)query.Error;
        if (query.Value.CallbackURL is { } target && !links.IsOwn(target))
            return (Result<UserStatusAnswer>)IdentityErrors.ForeignTarget;
        var user = await verification.VerifyAsync(query.Value.Token!, ct);
        if (!user.IsOk)
            return (Result<UserStatusAnswer>)user.Error;
        return query.Value.CallbackURL is { } next ? Results.Redirect(next) : (Result<UserStatusAnswer>)new UserStatusAnswer(true, ChecksUser.From(user.Value));
    }

    /// <summary>Mail a link that verifies an address. Answers alike whether anybody has it, or has verified it.</summary>
    [Function("ChecksPasswords_SendVerification")]
    [Operation(Permissions.Public, Rate.VerificationMail, Body = typeof(VerificationMailRequest), Audit = "auth.request_verification")]
    public async Task<Result<StatusAnswer>> SendVerificationAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/send-verification-email")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<VerificationMailRequest>(ct);
        return body.IsOk ? await MailAsync(EmailTokenPurpose.Verify, body.Value.Email, body.Value.CallbackURL, ct) : body.Error;
    }

    private async Task<Result<StatusAnswer>> MailAsync(EmailTokenPurpose purpose, string email, string? target, CancellationToken ct) =>
        await mails.AddAsync(purpose, email, target, ct) is { } refusal ? refusal : new StatusAnswer(true);
}
