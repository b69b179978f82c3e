using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Platform.Outbound;

namespace Platform.Tests.Outbound;

/// <summary>What the check of a URL that a user saves says.</summary>
public sealed class OutboundGuardTests
{
    [Theory]
    [InlineData("https://example.test/hook", null)]
    [InlineData("https://example.test:8443/hook", null)]
    [InlineData("http://example.test/hook", "url.not_allowed")]
    [InlineData("https://example.test:22/", "url.not_allowed")]
    [InlineData("https://user@example.test/", "url.user_info")]
    [InlineData("ftp://example.test/", "url.malformed")]
    [InlineData("gopher://example.test/", "url.malformed")]
    [InlineData("/relative", "url.malformed")]
    [InlineData("not a url", "url.malformed")]
    [InlineData("https://nobody.test/", "url.unresolvable")]
    [InlineData("https://private.test/", "url.not_allowed")]
    public async Task CheckAsync_Defaults_AnswerAsDocumented(string url, string? code)
    {
        var result = await Guard(new OutboundOptions()).CheckAsync(url, OutboundPolicy.Default, default);

        Assert.Equal(code, result.Error?.Code);
    }

    [Fact]
    public async Task CheckAsync_PrivateAllowed_StillRefusesMetadata()
    {
        var guard = Guard(new OutboundOptions { AllowPrivate = true, AllowHttp = true });

        Assert.True((await guard.CheckAsync("https://private.test/", OutboundPolicy.Default, default)).IsOk);
        Assert.Equal(OutboundErrors.Address, (await guard.CheckAsync("http://169.254.169.254/", OutboundPolicy.Default, default)).Error);
        Assert.Equal(OutboundErrors.Address, (await guard.CheckAsync("http://[::ffff:169.254.169.254]/", OutboundPolicy.Default, default)).Error);
    }

    [Fact]
    public async Task CheckAsync_ListedHosts_NarrowAndNeverWiden()
    {
        var policy = new OutboundPolicy("slack") { OnlyHosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "example.test", "private.test" } };
        var guard = Guard(new OutboundOptions());

        Assert.True((await guard.CheckAsync("https://EXAMPLE.test/", policy, default)).IsOk);
        Assert.Equal(OutboundErrors.Host, (await guard.CheckAsync("https://other.test/", policy, default)).Error);
        Assert.Equal(OutboundErrors.Address, (await guard.CheckAsync("https://private.test/", policy, default)).Error);
    }

    [Fact]
    public async Task CheckAsync_EntryWithPort_OpensThatPortOfThatHostOnly()
    {
        var options = new OutboundOptions();
        options.AllowHosts.Add("private.test:22");
        var guard = Guard(options);

        Assert.True((await guard.CheckAsync("https://private.test:22/", OutboundPolicy.Default, default)).IsOk);
        Assert.False((await guard.CheckAsync("https://private.test/", OutboundPolicy.Default, default)).IsOk);
        Assert.False((await guard.CheckAsync("https://example.test:22/", OutboundPolicy.Default, default)).IsOk);
    }

    private static OutboundGuard Guard(OutboundOptions options) => new(Options.Create(options), (host, _) => host switch
    {
        "example.test" or "other.test" => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")]),
        "private.test" => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.7")]),
        _ => throw new SocketException((int)SocketError.HostNotFound),
    });
}
