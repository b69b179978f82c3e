namespace Platform.Identity.OAuth;

/// <summary>What came back with the browser, from the query and the cookie.</summary>
public sealed record CallbackAnswer(string? Code, string? State, string? Error, string? Cookie);

/// <summary>Where the browser goes on, and the session if one was opened.</summary>
public sealed record CallbackOutcome(string RedirectTo, SignedIn? SignedIn = null)
{
    /// <summary>The home page, told why there is no session.</summary>
    public static CallbackOutcome Refused(string error) => new(LocalRedirect.With(LocalRedirect.Home, "error", error));
}

/// <summary>Finishes a flow: takes the flow back, then tries the code once, then signs in or connects.</summary>
public sealed class OAuthCallback(OAuthFlows flows, OAuthProviders providers, OAuthSignIn signIn, ConnectIdentity connect)
{
    private const string AccessDenied = "access_denied";

    public async Task<Result<CallbackOutcome>> FinishAsync(IdentityProvider provider, CallbackAnswer answer, Caller caller, CancellationToken ct)
    {
        if (!providers.IsUsable(provider))
            return OAuthErrors.NotConfigured(providers[provider]);
        var denied = answer.Error == AccessDenied;
        if (!denied && string.IsNullOrEmpty(answer.Code))
            return OAuthErrors.InvalidState;
        var userId = caller.SessionId is null ? null : caller.UserId;
        if (await flows.ConsumeAsync(provider, answer.State, answer.Cookie, userId, ct) is not { } flow)
            return OAuthErrors.InvalidState;
        if (denied)
            return new CallbackOutcome(LocalRedirect.With(flow.RedirectTo, "error", AccessDenied));

        if (await providers[provider].ExchangeAsync(answer.Code!, flow.CodeVerifier, ct) is not { } tokens)
            return OAuthErrors.ExchangeFailed;
        if (await providers[provider].ReadProfileAsync(tokens.Access, ct) is not { } profile)
            return OAuthErrors.ProfileFailed;
        var account = new ForeignAccount(provider, profile, tokens);
        return flow.Mode == OAuthMode.Connect ? await ConnectAsync(account, flow, caller, ct) : await signIn.SignInAsync(account, flow.RedirectTo, ct);
    }

    private async Task<CallbackOutcome> ConnectAsync(ForeignAccount account, ConsumedFlow flow, Caller caller, CancellationToken ct)
    {
        if (!await connect.RunAsync(account, caller.UserId!.Value, ct))
            return new CallbackOutcome(LocalRedirect.With(flow.RedirectTo, "error", $"{account.Provider.Word()}_already_linked"));
        return new CallbackOutcome(flow.TellsConnected ? LocalRedirect.With(flow.RedirectTo, $"{account.Provider.Word()}_connected", "true") : flow.RedirectTo);
    }
}

/// <summary>A provider's account with its tokens, as a finished flow brought it.</summary>
public sealed record ForeignAccount(IdentityProvider Provider, ProviderProfile Profile, ProviderTokens Tokens);
