using Microsoft.Extensions.Configuration;

using Platform.RateLimits;

namespace Platform.Tests.RateLimits;

/// <summary>The classes of the five contracts, figure by figure.</summary>
public sealed class RateRulesTests
{
    private static readonly RateRules Rules = new(new ConfigurationBuilder().Build());

    [Theory]
    [InlineData(Rate.Execution, 10, 60, RateScope.Route, RateIdentity.Caller)]
    [InlineData(Rate.Auth, 20, 60, RateScope.Route, RateIdentity.Caller)]
    [InlineData(Rate.Admin, 100, 60, RateScope.Route, RateIdentity.Caller)]
    [InlineData(Rate.Sse, 30, 60, RateScope.Route, RateIdentity.Caller)]
    [InlineData(Rate.Api, 60, 60, RateScope.Route, RateIdentity.Caller)]
    [InlineData(Rate.Default, 100, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.Token, 10, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.Sensitive, 5, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.Invoke, 600, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.Ingest, 600, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.VerifyKey, 10, 60, RateScope.Route, RateIdentity.Address)]
    [InlineData(Rate.Mail, 3, 900, RateScope.Class, RateIdentity.Address)]
    [InlineData(Rate.VerificationMail, 3, 300, RateScope.Class, RateIdentity.Address)]
    [InlineData(Rate.Invitation, 10, 3600, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.MonitorWrite, 20, 60, RateScope.Operation, RateIdentity.Member)]
    [InlineData(Rate.Decrypt, 10, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.Impersonation, 20, 300, RateScope.Route, RateIdentity.Caller)]
    [InlineData(Rate.Authoring, 10, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.AuthoringHour, 60, 3600, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.AuthoringDay, 200, 86400, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.AuthoringOrganization, 30, 60, RateScope.Class, RateIdentity.Organization)]
    [InlineData(Rate.AuthoringOrganizationHour, 200, 3600, RateScope.Class, RateIdentity.Organization)]
    [InlineData(Rate.AuthoringOrganizationDay, 600, 86400, RateScope.Class, RateIdentity.Organization)]
    [InlineData(Rate.Validation, 60, 60, RateScope.Route, RateIdentity.Caller)]
    [InlineData(Rate.ProviderTest, 10, 60, RateScope.Route, RateIdentity.Caller)]
    [InlineData(Rate.StatusPage, 120, 60, RateScope.Class, RateIdentity.Address)]
    [InlineData(Rate.Subscribe, 5, 60, RateScope.Route, RateIdentity.Address)]
    [InlineData(Rate.SubscribeHour, 20, 3600, RateScope.Route, RateIdentity.Address)]
    [InlineData(Rate.Agents, 300, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.SandboxCommand, 60, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.Mcp, 120, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.Documentation, 60, 60, RateScope.Class, RateIdentity.Stranger)]
    [InlineData(Rate.Gateway, 600, 60, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.Worker, 5, 1, RateScope.Class, RateIdentity.Caller)]
    [InlineData(Rate.General, 600, 60, RateScope.Class, RateIdentity.Caller)]
    public void Rule_OfAClass_HasTheContractsFigures(Rate rate, int limit, int seconds, RateScope per, RateIdentity identity)
    {
        var rule = Rules.Of(rate)!;
        Assert.Equal((limit, TimeSpan.FromSeconds(seconds), per, identity), (rule.Limit, rule.Window, rule.Per, rule.Identity));
    }

    [Fact]
    public void Rules_AreThereForEveryClass_UnderAWordOfTheirOwn()
    {
        var rules = Enum.GetValues<Rate>().Where(rate => rate != Rate.None).Select(rate => Rules.Of(rate)!.Group).ToList();
        Assert.Null(Rules.Of(Rate.None));
        Assert.Equal(rules.Count, rules.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(Rate.Authoring, 6)]
    [InlineData(Rate.Subscribe, 2)]
    [InlineData(Rate.SandboxCommand, 2)]
    [InlineData(Rate.Api, 1)]
    public void Chain_OfAClass_EndsAndGrows(Rate rate, int length)
    {
        var chain = new List<Rate>();
        for (Rate? next = rate; next is { } one; next = Rules.Of(one)!.Next)
        {
            Assert.DoesNotContain(one, chain);
            chain.Add(one);
        }
        Assert.Equal(length, chain.Count);
        Assert.Equal(chain.Select(one => Rules.Of(one)!.Window).Order(), chain.Select(one => Rules.Of(one)!.Window));   // what a short window refuses is not counted in a long one
    }

    [Fact]
    public void Always_HoldsWhereAccountsAndMailboxesAreProtected() =>
        Assert.All((Rate[])[Rate.Auth, Rate.Token, Rate.Sensitive, Rate.Mail, Rate.VerificationMail, Rate.Invitation], rate => Assert.True(Rules.Of(rate)!.Always));
}
