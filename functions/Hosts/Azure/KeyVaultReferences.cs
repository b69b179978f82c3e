using Microsoft.Extensions.Configuration;

namespace Platform.Functions.Hosts;

/// <summary>
/// A Key Vault reference that Azure could not resolve (a missing secret, a missing role) reaches the app as its own text. Taken for the value it would be, for
/// instance, an operator's password that anybody can guess.
/// </summary>
internal static class KeyVaultReferences
{
    private const string Mark = "@Microsoft.KeyVault(";

    /// <exception cref="InvalidOperationException">A setting is an unresolved reference; names the settings, not the references.</exception>
    public static void RefuseUnresolved(IConfiguration configuration)
    {
        var unresolved = configuration.AsEnumerable()
            .Where(setting => setting.Value?.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) == true)
            .Select(setting => setting.Key).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).ToList();
        if (unresolved.Count > 0)
            throw new InvalidOperationException($"Azure could not resolve the Key Vault references of {string.Join(", ", unresolved)}: the secret or the app's role on the vault is missing.");
    }
}
