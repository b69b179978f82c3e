using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Outbound;

namespace Platform.Tests.Fixtures;

/// <summary>
/// A registry of npm and an index of Python on loopback, under a name that the outbound guard is told to allow. Both have a real package (<c>left</c>, <c>right</c>); npm's <c>chatty</c>
/// prints what it finds in the configuration and fails, <c>slow</c> never comes. Everything else is not there.
/// </summary>
public sealed class PackageRegistry : LoopbackServer
{
    public const string Host = "registry.example.com";
    public const string Credentials = "robot:s3cret-0f-the-registry";

    private readonly ConcurrentQueue<(string Path, string Authorization)> _requests = [];
    private readonly Dictionary<string, byte[]> _archives = new(StringComparer.Ordinal)
    {
        ["left"] = NpmPackage("""{"name":"left","version":"1.0.0","main":"index.js"}""", "module.exports = 'from the registry'"),
        ["chatty"] = NpmPackage("""{"name":"chatty","version":"1.0.0","scripts":{"preinstall":"cat $npm_config_userconfig; exit 3"}}""", ""),
    };

    private readonly byte[] _wheel = Wheel();
    private int _givenUp;

    private PackageRegistry()
    {
    }

    public string Url => $"http://{Host}:{Port}";

    /// <summary>Requests for <c>slow</c> whose sender has gone.</summary>
    public int GivenUp => _givenUp;

    /// <summary>The address with a user and password.</summary>
    public string UrlWithCredentials => $"http://{Credentials}@{Host}:{Port}";

    /// <summary>Lets the platform reach it.</summary>
    public (string Key, string Value)[] Settings => [("Outbound:AllowHosts:0", $"{Host}:{Port}"), ("Outbound:AllowHttp", "true")];

    public static Action<IServiceCollection> Resolves =>
        services => services.AddSingleton<ResolveHost>((host, _) => Task.FromResult(host == Host ? [IPAddress.Loopback] : Array.Empty<IPAddress>()));

    public static Task<PackageRegistry> StartAsync() => StartAsync(new PackageRegistry());

    /// <summary>What requests for the path said of who they are.</summary>
    public IReadOnlyList<string> At(string path) => [.. _requests.Where(request => request.Path == path).Select(request => request.Authorization)];

    protected override async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        _requests.Enqueue((path, http.Request.Headers.Authorization.ToString()));
        if (path == "/slow")
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Increment(ref _givenUp);
        }
        else if (path == "/simple/right/")
        {
            http.Response.ContentType = "text/html"; // pip passes over pages of no type
            await http.Response.WriteAsync($"<!DOCTYPE html><html><body><a href=\"/files/right-1.0.0-py3-none-any.whl#sha256={Convert.ToHexStringLower(SHA256.HashData(_wheel))}\">right-1.0.0-py3-none-any.whl</a></body></html>");
        }
        else if (path == "/files/right-1.0.0-py3-none-any.whl")
        {
            await http.Response.Body.WriteAsync(_wheel);
        }
        else if (_archives.TryGetValue(path[1..], out var archive))
        {
            await http.Response.WriteAsJsonAsync(Describe(path[1..], archive));
        }
        else if (path.EndsWith("-1.0.0.tgz", StringComparison.Ordinal) && _archives.TryGetValue(path[1..^"-1.0.0.tgz".Length], out var packed))
        {
            await http.Response.Body.WriteAsync(packed);
        }
        else
        {
            http.Response.StatusCode = 404;
            await http.Response.WriteAsync("{}");
        }
    }

    private Dictionary<string, object> Describe(string name, byte[] archive) => new()
    {
        ["name"] = name,
        ["dist-tags"] = new { latest = "1.0.0" },
        ["versions"] = new Dictionary<string, object>
        {
            ["1.0.0"] = new
            {
                name,
                version = "1.0.0",
                hasInstallScript = name == "chatty",
                dist = new { tarball = $"{Url}/{name}-1.0.0.tgz", integrity = $"sha512-{Convert.ToBase64String(SHA512.HashData(archive))}" },
            },
        },
    };

    private static byte[] NpmPackage(string description, string code)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zip))
        {
            foreach (var (name, content) in new[] { ("package.json", description), ("index.js", code) })
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"package/{name}") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
        }

        return packed.ToArray();
    }

    private static byte[] Wheel()
    {
        const string Folder = "right-1.0.0.dist-info";
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in new[]
            {
                ("right/__init__.py", "WORD = 'from the index'\n"),
                ($"{Folder}/METADATA", "Metadata-Version: 2.1\nName: right\nVersion: 1.0.0\n"),
                ($"{Folder}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
                ($"{Folder}/RECORD", $"right/__init__.py,,\n{Folder}/METADATA,,\n{Folder}/WHEEL,,\n{Folder}/RECORD,,\n"),
            })
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(content);
            }
        }

        return packed.ToArray();
    }
}
