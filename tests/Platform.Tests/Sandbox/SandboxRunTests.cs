using System.Text;
using Platform.Sandbox;

namespace Platform.Tests.Sandbox;

[Collection(SandboxTests.Name)]
public sealed class SandboxRunTests(SandboxFixture fixture)
{
    [Fact]
    public async Task RunAsync_Hello_ReturnsOutputAndUsage()
    {
        var result = await fixture.RunAsync(fixture.Python("import sys\nprint('hello')\nprint('oops', file=sys.stderr)"));

        Assert.Equal((SandboxReason.Exited, 0, "hello\n", "oops\n"), (result.Reason, result.ExitCode, result.Stdout, result.Stderr));
        Assert.InRange(result.Usage!.PeakMemoryKb, 3_000, 100_000);
        Assert.InRange(result.Usage.WallSeconds, 0.005, 10);
        Assert.Equal(100, result.Usage.ClkTckHertz);
        Assert.False(result.OutputTruncated);
    }

    [Fact]
    public async Task RunAsync_UncaughtException_IsExitOneWithTraceback()
    {
        var result = await fixture.RunAsync(fixture.Python("raise ValueError('broken')"));

        Assert.Equal((SandboxReason.Exited, 1), (result.Reason, result.ExitCode));
        Assert.Contains("ValueError: broken", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", SandboxReason.Exited, 3)]
    [InlineData("exit 255", SandboxReason.Exited, 255)]
    [InlineData("kill -TERM $$", SandboxReason.Signaled, 143)]
    [InlineData("kill -KILL $$", SandboxReason.Signaled, 137)]
    [InlineData("kill -SEGV $$", SandboxReason.Signaled, 139)]
    public async Task RunAsync_AnyEnd_ReportsCodeAndReason(string script, SandboxReason reason, int code)
    {
        var result = await fixture.RunAsync(fixture.Bash(script));

        Assert.Equal((reason, code), (result.Reason, result.ExitCode));
    }
}
