using Microsoft.Extensions.Options;

namespace Platform.Identity.OAuth;

/// <summary>The providers, and which of them people may use (<c>Auth:Providers</c>).</summary>
public sealed class OAuthProviders(IEnumerable<IOAuthProvider> providers, IOptions<AuthOptions> options)
{
    private readonly Dictionary<IdentityProvider, IOAuthProvider> _providers = providers.ToDictionary(provider => provider.Provider);
    private readonly string[] _offered = options.Value.ProviderWords();

    public IOAuthProvider this[IdentityProvider provider] => _providers[provider];

    /// <summary>The names of those that can be signed in with, sorted.</summary>
    public IEnumerable<string> UsableNames => _providers.Keys.Where(IsUsable).Select(provider => provider.Word()).Order(StringComparer.Ordinal);

    /// <summary>Offered, and given a client id.</summary>
    public bool IsUsable(IdentityProvider provider) => _providers[provider].IsConfigured && _offered.Contains(provider.Word(), StringComparer.Ordinal);
}
