using Platform.Identity.OAuth;

namespace Platform.Tests.Identity.OAuth;

public sealed class LocalRedirectTests
{
    [Theory]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/tasks/1?tab=logs#end", "/tasks/1?tab=logs#end")]
    [InlineData("tasks", "/")]
    [InlineData("//evil.test", "/")]
    [InlineData("///evil.test", "/")]
    [InlineData("/\\evil.test", "/")]
    [InlineData("/a\\..\\b", "/")]
    [InlineData("\\/evil.test", "/")]
    [InlineData("https://evil.test", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData(" //evil.test", "/")]
    [InlineData("/\t/evil.test", "/")]
    [InlineData("/a\r\nSet-Cookie: x=1", "/")]
    [InlineData("/a\0", "/")]
    [InlineData("/a\u0085b", "/")]
    [InlineData("/..//evil.test", "/..//evil.test")] // stays below this host: it is not normalized to //evil.test
    [InlineData("/%2F/evil.test", "/%2F/evil.test")]
    [InlineData("/grün und blau", "/gr%C3%BCn%20und%20blau")]
    [InlineData("/\u2044/evil.test", "/%E2%81%84/evil.test")]
    public void Of_AnyText_IsAPathOfThisHost(string? next, string expected)
    {
        var path = LocalRedirect.Of(next);

        Assert.Equal(expected, path);
        Assert.True(new Uri(new Uri("https://platform.test/api/auth/github/callback"), path) is { Host: "platform.test", Scheme: "https" });
    }

    [Fact]
    public void Of_VeryLongPath_IsHome() => Assert.Equal("/", LocalRedirect.Of("/" + new string('a', 2048)));

    [Theory]
    [InlineData("/", "/?error=x")]
    [InlineData("/a?b=1", "/a?b=1&error=x")]
    [InlineData("/a#c", "/a?error=x#c")]
    [InlineData("/a?b#c?d", "/a?b&error=x#c?d")]
    public void With_Parameter_StandsBeforeTheFragment(string path, string expected) => Assert.Equal(expected, LocalRedirect.With(path, "error", "x"));
}
