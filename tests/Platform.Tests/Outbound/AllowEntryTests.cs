using System.Net;
using Platform.Outbound;

namespace Platform.Tests.Outbound;

public sealed class AllowEntryTests
{
    [Theory]
    [InlineData("https://GHE.example/api/v3", "ghe.example", 443)]
    [InlineData("http://ghe.example:8080", "ghe.example", 8080)]
    [InlineData("https://bücher.example", "xn--bcher-kva.example", 443)]
    public void Of_Name_CoversThatHostOnThatPortOnly(string address, string host, int port)
    {
        var entry = AllowEntry.Of(new Uri(address));

        Assert.True(entry.CoversHost(host, port));
        Assert.False(entry.CoversHost(host, port + 1));
        Assert.False(entry.CoversHost("other.example", port));
        Assert.False(entry.CoversAddress(IPAddress.Loopback, port));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/x", "127.0.0.1", 5000)]
    [InlineData("http://[::1]:5000", "::1", 5000)]
    public void Of_Address_CoversItOnThatPortOnly(string address, string host, int port)
    {
        var entry = AllowEntry.Of(new Uri(address));

        Assert.True(entry.CoversAddress(IPAddress.Parse(host), port));
        Assert.False(entry.CoversAddress(IPAddress.Parse(host), port + 1));
        Assert.False(entry.CoversAddress(IPAddress.Parse("10.0.0.1"), port));
    }
}
