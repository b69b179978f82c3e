using Platform.Identity;

namespace Platform.Tests.Identity.Tokens;

public sealed class TokenScopesTests
{
    [Theory]
    [InlineData("builds:read", true)]
    [InlineData("builds:*", true)]
    [InlineData("*:read", true)]
    [InlineData("*", true)]
    [InlineData("checks:read", true)]
    [InlineData("workbench", true)]
    [InlineData("platform:users", false)]
    [InlineData("platform:*", false)]
    [InlineData("builds:fly", false)]
    [InlineData("checks:*", false)]
    [InlineData("public", false)]
    [InlineData("", false)]
    public void IsKnown(string scope, bool known) => Assert.Equal(known, TokenScopes.IsKnown(scope));

    [Fact]
    public void Expand_Wildcards_GiveNoSecretsUnlessWrittenOut()
    {
        foreach (var scopes in new[] { new[] { "*" }, ["databases:*", "variables:*"], ["*:credentials"], ["*:decrypt"] })
        {
            var expanded = TokenScopes.Expand(scopes);
            Assert.False(expanded.Contains(Permissions.DatabasesCredentials) || expanded.Contains(Permissions.VariablesDecrypt), string.Join(' ', scopes));
        }
        Assert.True(TokenScopes.Expand(["*", "databases:credentials"]).Contains(Permissions.DatabasesCredentials));
        Assert.True(TokenScopes.Expand(["checks:secrets"]).Contains(Permissions.VariablesDecrypt));
        Assert.DoesNotContain(TokenScopes.Expand(["*"]).Names, name => name.StartsWith("platform:", StringComparison.Ordinal));
    }

    [Fact]
    public void Expand_Bundles_StandForRegistryNames()
    {
        Assert.Equal(["jobs:trigger", "runs:cancel", "tests:run"], TokenScopes.Expand(["checks:run"]).Names.Order(StringComparer.Ordinal));
        Assert.Equal(["workbench:read", "workbench:write"], TokenScopes.Expand(["workbench"]).Names.Order(StringComparer.Ordinal));
        var write = TokenScopes.Expand(["checks:write"]);
        Assert.True(write.Contains(PermissionSet.Of(Permissions.TestsCreate, Permissions.MonitorsManage, Permissions.ProjectsUpdate, Permissions.JobKeysDelete)));
        Assert.DoesNotContain(write.Names, name => name is "projects:create" or "projects:delete" or "organizations:update" or "team:manage" or "roles:manage" or "variables:decrypt");
        Assert.All(TokenScopes.Expand(["checks:read"]).Names, name => Assert.EndsWith(":read", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("*", "builds:read", true)]
    [InlineData("*", "builds:*", true)]
    [InlineData("*", "*", true)]
    [InlineData("*", "checks:write", true)]
    [InlineData("*", "checks:secrets", false)]
    [InlineData("*", "databases:credentials", false)]
    [InlineData("databases:*", "databases:credentials", false)]
    [InlineData("databases:credentials", "databases:credentials", true)]
    [InlineData("builds:*", "builds:read", true)]
    [InlineData("builds:*", "*:read", false)]
    [InlineData("builds:read builds:create builds:cancel builds:report builds:hooks", "builds:*", false)]
    [InlineData("checks:write", "tests:create", true)]
    [InlineData("checks:write", "checks:read", false)]
    [InlineData("checks:run", "checks:run", true)]
    [InlineData("workbench:*", "workbench", true)]
    [InlineData("workbench", "workbench:*", false)]
    public void Covers(string scopes, string scope, bool covers) => Assert.Equal(covers, TokenScopes.Covers(scopes.Split(' '), scope));

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.1.0.0/16", "10.0.0.0/8", false)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.0.0.0/8", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::/48", true)]
    public void Networks_Cover(string outer, string inner, bool covers) => Assert.Equal(covers, IpNetworks.Cover([outer], inner));

    [Theory]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("example.com", false)]
    [InlineData("", false)]
    [InlineData("::1", true)]
    public void Networks_Parse(string text, bool parses) => Assert.Equal(parses, IpNetworks.TryParse(text, out _));
}
