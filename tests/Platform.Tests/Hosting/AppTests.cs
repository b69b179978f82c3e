using System.Net;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class AppTests
{
    [Fact]
    public async Task StartApp_ProgramOfThePlatform_ListensAndStops()
    {
        await using var host = await TestHost.StartAppAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/admin/nothing")).StatusCode);
    }
}
