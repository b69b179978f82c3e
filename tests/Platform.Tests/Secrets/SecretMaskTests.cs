using Platform.Secrets;

namespace Platform.Tests.Secrets;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("the key is s3cr:t/1!", "the key is ***")]
    [InlineData("czNjcjp0LzEh", "***")]
    [InlineData("?key=s3cr%3At%2F1%21&x=1", "?key=***&x=1")]
    [InlineData("abc and s3cr", "abc and s3cr")]
    [InlineData("first line, then second line", "***, then ***")]
    public void Apply_HidesEachFormOfEachSecret(string text, string masked)
    {
        var mask = new SecretMask(["s3cr:t/1!", "abc", "first line\nsecond line"]);

        Assert.Equal(masked, mask.Apply(text));
    }

    [Fact]
    public void Apply_OfASecretThatContainsAnother_HidesTheWholeOfIt() => Assert.Equal("***!", new SecretMask(["pass", "password-1"]).Apply("password-1!"));

    [Fact]
    public void Apply_WithoutSecrets_ChangesNothing() => Assert.Equal("text", new SecretMask(["", "abc"]).Apply("text"));
}
