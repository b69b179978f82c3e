using System.Net;
using Platform.Outbound;

namespace Platform.Tests.Outbound;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:a00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:1::1")]
    [InlineData("2001:db8::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%3")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2600::5efe:7f00:1")]
    public void IsPublic_SpecialPurpose_IsFalse(string text) => Assert.False(AddressRules.IsPublic(IPAddress.Parse(text)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::808:808")]
    [InlineData("2606:4700:4700::1111")]
    public void IsPublic_Internet_IsTrue(string text) => Assert.True(AddressRules.IsPublic(IPAddress.Parse(text)));

    [Theory]
    [InlineData("db.internal", "db.internal", 5432, true)]
    [InlineData("DB.internal.", "db.internal", 1, true)]
    [InlineData("db.internal:5432", "db.internal", 5433, false)]
    [InlineData("db.internal", "xdb.internal", 5432, false)]
    public void AllowEntry_Host_CoversItsNameAndPort(string entry, string host, int port, bool covered) =>
        Assert.Equal(covered, AllowEntry.TryParse(entry)!.CoversHost(host, port));

    [Theory]
    [InlineData("10.0.0.0/8", "10.9.9.9", 1, true)]
    [InlineData("10.0.0.0/8:443", "10.9.9.9", 80, false)]
    [InlineData("127.0.0.1:8080", "127.0.0.1", 8080, true)]
    [InlineData("127.0.0.1", "127.0.0.2", 80, false)]
    [InlineData("fd00::/8", "fd12::1", 80, true)]
    [InlineData("[fd00::1]:443", "fd00::1", 443, true)]
    [InlineData("[fd00::1]:443", "fd00::1", 80, false)]
    public void AllowEntry_Network_CoversItsAddressesAndPort(string entry, string address, int port, bool covered) =>
        Assert.Equal(covered, AllowEntry.TryParse(entry)!.CoversAddress(IPAddress.Parse(address), port));

    [Theory]
    [InlineData("")]
    [InlineData("host:0")]
    [InlineData("host:70000")]
    [InlineData("ho st")]
    [InlineData("10.0.0.0/40")]
    [InlineData("http://host")]
    [InlineData("*")]
    public void AllowEntry_Malformed_IsNull(string text) => Assert.Null(AllowEntry.TryParse(text));
}
