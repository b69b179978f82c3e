using Platform.Functions;
using Platform.Testing;

namespace Platform.SystemTests;

public sealed class SecondProcessTests
{
    private static readonly string Assembly = typeof(PlatformComposition).Assembly.Location;

    [Fact]
    public async Task Start_OnTheFilesOfARunningProcess_EndsWithAnErrorAndLeavesItAlone()
    {
        await using var first = PlatformProcess.Start(Assembly);
        using var http = new HttpClient { BaseAddress = first.Url };
        await first.WaitForAsync(http, "/health/readyz");
        await using var second = PlatformProcess.StartOn(Assembly, first.DataDirectory);

        Assert.Equal(1, await second.EndAsync());
        Assert.Contains("Another process runs on", await second.ConsoleAsync(), StringComparison.Ordinal);
        await first.WaitForAsync(http, "/health/readyz");
        Assert.Equal(0, await first.StopAsync());
    }
}
