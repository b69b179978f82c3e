using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

using Platform.Outbound;
using Platform.Tests.Fixtures;

using static Platform.Tests.Builds.BuildClient;
using static Platform.Tests.Builds.BuildLab;

namespace Platform.Tests.Builds;

/// <summary>Package managers in builds: through the guarded way out, or with what is installed here.</summary>
public sealed class BuildNetworkTests
{
    private const string Registry = "registry.example.com";

    [Fact]
    public async Task Npm_FetchesFromARegistryThatTheGuardAllows()
    {
        await using var registry = await Receiver.StartAsync();
        var archive = await PackageAsync();
        var digest = Convert.ToBase64String(SHA512.HashData(archive));
        var url = $"http://{Registry}:{registry.Port}";
        registry.Reply("/left", http => http.Response.WriteAsJsonAsync(new Dictionary<string, object>
        {
            ["name"] = "left",
            ["dist-tags"] = new { latest = "1.0.0" },
            ["versions"] = new Dictionary<string, object> { ["1.0.0"] = new { name = "left", version = "1.0.0", dist = new { tarball = $"{url}/left-1.0.0.tgz", integrity = $"sha512-{digest}" } } },
        }));
        registry.Reply("/left-1.0.0.tgz", http => http.Response.Body.WriteAsync(archive).AsTask());
        await using var app = await PlatformApp.StartAsync(
            configure: services => services.AddSingleton<ResolveHost>((host, _) => Task.FromResult(host == Registry ? [IPAddress.Loopback] : Array.Empty<IPAddress>())),
            settings: [("Outbound:AllowHosts:0", $"{Registry}:{registry.Port}"), ("Outbound:AllowHttp", "true")]);
        var client = await StartAsync(app);

        var id = await client.CreatedAsync(new
        {
            source = Files(
                ("package.json", """{"name":"shop","version":"1.0.0","dependencies":{"left":"1.0.0"},"scripts":{"test":"node -e \"console.log(require('left'))\""}}"""),
                (".npmrc", $"registry={url}/\n")),
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

    private static async Task<byte[]> PackageAsync()
    {
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zip))
        {
            foreach (var (name, content) in new[] { ("package.json", """{"name":"left","version":"1.0.0","main":"index.js"}"""), ("index.js", "module.exports = 'from the registry';") })
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, $"package/{name}") { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) });
        }

        return packed.ToArray();
    }
}
