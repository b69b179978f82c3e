using Platform.Tests.Fixtures;

using static Platform.Tests.Builds.BuildClient;
using static Platform.Tests.Builds.BuildLab;

namespace Platform.Tests.Builds;

/// <summary>Package managers in builds: through the guarded way out, or with what is installed here.</summary>
public sealed class BuildNetworkTests
{
    [Fact]
    public async Task Npm_FetchesFromARegistryThatTheGuardAllows()
    {
        await using var registry = await PackageRegistry.StartAsync();
        await using var app = await PlatformApp.StartAsync(configure: PackageRegistry.Resolves, settings: registry.Settings);
        var client = await StartAsync(app);

        var id = await client.CreatedAsync(new
        {
            source = Files(
                ("package.json", """{"name":"shop","version":"1.0.0","dependencies":{"left":"1.0.0"},"scripts":{"test":"node -e \"console.log(require('left'))\""}}"""),
                (".npmrc", $"registry={registry.Url}/\n")),
            config = new { buildCommand = "" },
        });
        var build = await client.EndedAsync(id);
        var log = await client.LogTextAsync(id);
        Assert.True(Text(build, "status") == "succeeded", $"{build}\n{log}");
        Assert.Contains("from the registry", log, StringComparison.Ordinal);
        Assert.NotEmpty(registry.At("/left-1.0.0.tgz"));
    }

    [Fact]
    public async Task Dotnet_BuildsALibrary()
    {
        await using var app = await PlatformApp.StartAsync();
        var client = await StartAsync(app);
        var id = await client.CreatedAsync(new
        {
            source = Files(
                ("Lib.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>"""),
                ("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>"),
                ("Lib.cs", "public static class Lib { public static int Two => 2; }")),
            config = new { testCommand = "", artifactPaths = new[] { "bin/Release/**/Lib.dll" }, network = "none" },
        });
        var build = await client.EndedAsync(id, 300);
        Assert.True(Text(build, "status") == "succeeded", $"{build}\n{await client.LogTextAsync(id)}");
        Assert.Equal("dotnet restore", Text(build.GetProperty("detected"), "installCommand"));
        Assert.Equal("bin/Release/net10.0/Lib.dll", Text(Assert.Single(build.GetProperty("artifacts").EnumerateArray()), "path"));
    }
}
