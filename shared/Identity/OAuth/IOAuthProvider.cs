namespace Platform.Identity.OAuth;

/// <summary>Tokens as a provider gave them.</summary>
public sealed record ProviderTokens(string Access, string? Refresh, string? Scope, TimeSpan? Life);

/// <summary>An account as its provider describes it; of checked form. <paramref name="EmailVerified"/>: the provider says that the address is the account's.</summary>
public sealed record ProviderProfile(string ExternalUserId, string Username, string? Name, string? AvatarUrl, string? Email, bool EmailVerified)
{
    /// <summary>What people are shown.</summary>
    public string ShownName => Name ?? Username;
}

/// <summary>What a browser is sent to the provider with, beside what never changes.</summary>
public readonly record struct AuthorizeRequest(string State, string CodeChallenge);

/// <summary>A provider of accounts: the three calls of a sign-in, and the end of a token. Calls end within 10 s; what fails is data.</summary>
public interface IOAuthProvider
{
    IdentityProvider Provider { get; }

    /// <summary>In texts for people.</summary>
    string Name { get; }

    /// <summary>The operator has given it a client id.</summary>
    bool IsConfigured { get; }

    string AuthorizeUrl(AuthorizeRequest request);

    /// <summary>The tokens for a code; null when the provider refuses or does not answer.</summary>
    Task<ProviderTokens?> ExchangeAsync(string code, string codeVerifier, CancellationToken ct);

    /// <summary>Null when the provider refuses, does not answer or describes no account.</summary>
    Task<ProviderProfile?> ReadProfileAsync(string accessToken, CancellationToken ct);

    /// <summary>Asks the provider to forget a token; at most 5 s, whatever comes of it.</summary>
    Task RevokeAsync(string accessToken, CancellationToken ct);
}
