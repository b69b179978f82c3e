using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.UserSettings;

/// <summary>Each node keeps copies of its own.</summary>
public sealed class UserSettingsNodesTests
{
    [Fact]
    public async Task Change_OnOneNode_IsSeenOnTheOther()
    {
        const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
        await using var first = await PlatformApp.StartAsync(Db.Postgres, settings: ("Secrets:MasterKey", MasterKey));
        await using var second = await PlatformApp.StartAsync(Db.Postgres, connectionString: first.Services.GetRequiredService<DatabaseSettings>().ConnectionString, settings: ("Secrets:MasterKey", MasterKey));
        var here = await SettingsClient.NewAsync(first);
        using var client = second.WithToken(here.User.Token);
        var there = new SettingsClient(second, here.User with { Client = client });
        Assert.Equal("auto", (await there.GetAsync()).Text("theme"));   // the other node keeps a copy

        await here.PutAsync("/theme", new { theme = "dark" });

        Assert.Equal("dark", (await here.GetAsync()).Text("theme"));
        await Until.TrueAsync(async () => (await there.GetAsync()).Text("theme") == "dark", "the other node follows");
    }
}
