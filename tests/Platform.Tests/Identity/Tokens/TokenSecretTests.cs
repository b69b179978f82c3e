using Platform.Identity;

namespace Platform.Tests.Identity.Tokens;

public sealed class TokenSecretTests
{
    [Fact]
    public void Crc32_OfTheCheckText_IsTheStandards() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"));

    [Theory]
    [InlineData(TokenKind.User)]
    [InlineData(TokenKind.Inference)]
    public void Create_OfUsers_HasPrefixBodyAndChecksum(TokenKind kind)
    {
        var secrets = Enumerable.Range(0, 200).Select(_ => TokenSecret.Create(kind)).ToList();
        Assert.All(secrets, secret => Assert.Matches("^pf_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$", secret));
        Assert.All(secrets, secret => Assert.True(TokenSecret.IsWellFormed(secret)));
        Assert.Equal(secrets.Count, secrets.Distinct().Count());
    }

    [Fact]
    public void IsWellFormed_OneLetterChanged_IsRefused()
    {
        var secret = TokenSecret.Create(TokenKind.User);
        for (var i = 0; i < secret.Length; i++)
        {
            var changed = secret.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.False(TokenSecret.IsWellFormed(changed), $"letter {i}");
        }
        Assert.False(TokenSecret.IsWellFormed(secret.AsSpan(0, secret.Length - 1)));
        Assert.False(TokenSecret.IsWellFormed(secret + "A"));
        Assert.False(TokenSecret.IsWellFormed(""));
        Assert.False(TokenSecret.IsWellFormed("pf_"));
    }

    [Fact]
    public void Create_OfJobs_IsPrefixAndHex()
    {
        var key = TokenSecret.Create(TokenKind.Job);
        Assert.Matches("^job_[0-9a-f]{32}$", key);
        Assert.True(TokenSecret.IsWellFormed(key));
        Assert.False(TokenSecret.IsWellFormed(key.AsSpan(0, key.Length - 1)));
        Assert.False(TokenSecret.IsWellFormed(key[..^1] + "g"));
        Assert.False(TokenSecret.IsWellFormed(key.ToUpperInvariant()));
    }

    [Fact]
    public void Hash_OfAText_SurvivesTheRow()
    {
        var hash = TokenHash.Of("abc");
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hash.ToString());
        Assert.True(TokenHash.Parse(hash.ToString()).Matches(hash));
        Assert.False(hash.Matches(TokenHash.Of("abd")));
    }
}
