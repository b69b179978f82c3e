using System.Text;
using Platform.Secrets;

namespace Platform.UserFunctions;

/// <summary>
/// The operator's registries as configuration files of the package managers, so that credentials in their addresses stand on no command line. What runs at installing can read
/// them all the same.
/// </summary>
internal sealed class PackageRegistries(FunctionOptions options)
{
    private const string Folder = "/scripts/";
    private const string NpmFile = "npmrc";
    private const string PipFile = "pip.conf";

    /// <summary>Hides the credentials in what the package managers print.</summary>
    public SecretMask Secrets { get; } = new(new[] { options.NpmRegistry, options.PipIndex }.OfType<string>().SelectMany(url => SecretsOf(new Uri(url))));

    /// <summary>Arguments for <c>npm install</c>: what stands in a project's own configuration must not win.</summary>
    public IReadOnlyList<string> NpmArguments => options.NpmRegistry is { } url ? ["--registry", Plain(new Uri(url))] : [];

    /// <summary>Variables that name the files.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables =>
        Files.Keys.Select(name => new KeyValuePair<string, string>(name == NpmFile ? "npm_config_userconfig" : "PIP_CONFIG_FILE", Folder + name));

    /// <summary>The files by name, for the sandbox.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Files { get; } = FilesOf(options);

    private static Dictionary<string, ReadOnlyMemory<byte>> FilesOf(FunctionOptions options)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>();
        if (options.NpmRegistry is { } npm && new Uri(npm) is { UserInfo.Length: > 0 } registry)
            files[NpmFile] = Encoding.UTF8.GetBytes($"//{registry.Authority}{registry.AbsolutePath.TrimEnd('/')}/:_auth={Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(registry.UserInfo)))}\n");
        if (options.PipIndex is { } pip)
        {
            var trusted = new Uri(pip) is { Scheme: "http" } index ? $"trusted-host = {index.Authority}\n" : ""; // pip passes over what is not HTTPS, unless it is told not to
            files[PipFile] = Encoding.UTF8.GetBytes($"[global]\nindex-url = {pip}\n{trusted}");
        }

        return files;
    }

    private static string Plain(Uri url) => new UriBuilder(url) { UserName = "", Password = "" }.Uri.AbsoluteUri;

    private static IEnumerable<string> SecretsOf(Uri url)
    {
        var all = Uri.UnescapeDataString(url.UserInfo);
        return url.UserInfo.Length == 0 ? [] : [url.UserInfo, all, all[(all.IndexOf(':', StringComparison.Ordinal) + 1)..]];
    }
}
