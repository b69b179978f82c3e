using Microsoft.Extensions.Configuration;
using Platform.Functions.Hosts;

namespace Platform.Tests.Hosting;

public sealed class KeyVaultReferencesTests
{
    [Fact]
    public void RefuseUnresolved_ReferenceInPlaceOfAValue_NamesTheSettingOnly()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => KeyVaultReferences.RefuseUnresolved(
            Configuration("@Microsoft.KeyVault(VaultName=kv;SecretName=platform-admin-password)")));

        Assert.Contains("Platform:AdminPassword", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("VaultName", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Correct-Horse-9")]
    [InlineData(null)]
    public void RefuseUnresolved_Values_AreAccepted(string? password) => KeyVaultReferences.RefuseUnresolved(Configuration(password));

    private static IConfiguration Configuration(string? password) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Platform:AdminPassword"] = password }).Build();
}
