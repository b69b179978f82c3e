using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Platform.Archives;
using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>What packaging came to: <paramref name="Sha256"/> of the code with its dependencies, null when it names none.</summary>
public sealed record Packaged(string? Sha256, string? Log, (string Code, string Message)? Error);

/// <summary>Installs what the code of a function depends on, in the sandbox with the guarded network, and keeps the result in the blob store.</summary>
public sealed class FunctionPackager(FunctionCode code, FunctionRuntimes runtimes, ISandbox sandbox, CodeFolders folders, IOptions<FunctionOptions> options)
{
    private const string Folder = "/work";
    private const int MaxLog = 64 * 1024;
    private const long MemoryBytes = 1L << 30;
    private const long TmpBytes = 256L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5); // each of two tries
    private static readonly string[] NetworkWords = ["ENOTFOUND", "ETIMEDOUT", "ECONNRESET", "ECONNREFUSED", "EAI_AGAIN", "Connection", "timed out", "502", "503"];

    public async Task<Packaged> RunAsync(FunctionVersion version, CancellationToken ct)
    {
        var runtime = await runtimes.FindAsync(version.Runtime, ct);
        if (!runtime.IsOk)
            return new Packaged(null, null, ("runtime_unavailable", "The runtime of this version is not installed"));
        using var folder = folders.Temporary();
        await using (var packed = await code.OpenAsync(version.FunctionId, version.CodeSha256, ct))
        {
            if (packed is null)
                return new Packaged(null, null, ("source_invalid", "The code of this version is no longer there"));
            var unpacked = await SourceArchive.UnpackAsync(packed, folder.Path, FunctionCode.Limits, ct);
            if (!unpacked.IsOk)
                return new Packaged(null, null, ("source_invalid", unpacked.Error.Message));
        }

        if (await CommandAsync(runtime.Value, folder.Path, ct) is not { } command)
            return new Packaged(null, null, null);
        var result = await InstallAsync(runtime.Value, command, folder.Path, ct);
        var log = LogOf(result);
        if (result is not { Reason: SandboxReason.Exited, ExitCode: 0 })
            return new Packaged(null, log, ("package_failed", result.Reason == SandboxReason.Timeout ? "Installing took too long" : "The dependencies could not be installed; see the package log"));
        return new Packaged(await KeepAsync(version.FunctionId, folder.Path, ct), log, null);
    }

    private async Task<SandboxResult> InstallAsync(FunctionRuntime runtime, IReadOnlyList<string> command, string folder, CancellationToken ct)
    {
        var run = new SandboxRun
        {
            Name = $"package-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}",
            Command = command,
            Environment = new Dictionary<string, string>(runtime.Environment) { ["CI"] = "true", ["npm_config_cache"] = "/tmp/npm", ["PIP_NO_CACHE_DIR"] = "1", ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1" },
            Mounts = [.. runtime.Mounts, new SandboxMount(folder, Folder, Writable: true)],
            WorkingDirectory = Folder,
            WallTime = Longest,
            MemoryBytes = MemoryBytes,
            TmpBytes = TmpBytes,
            MaxProcesses = 512,
            OpenFiles = 4096,
            Network = SandboxNetwork.Public,
        };
        var result = await sandbox.RunAsync(run, ct);
        if (result is not { Reason: SandboxReason.Exited, ExitCode: not 0 } || !Array.Exists(NetworkWords, word => result.Stderr.Contains(word, StringComparison.Ordinal)))
            return result;
        return await sandbox.RunAsync(run with { Name = run.Name + "-2" }, ct);
    }

    // Null when the code names nothing to install.
    private async Task<IReadOnlyList<string>?> CommandAsync(FunctionRuntime runtime, string folder, CancellationToken ct)
    {
        if (runtime.Language == "node" && await NamesPackagesAsync(Path.Combine(folder, "package.json"), ct))
        {
            var isLocked = File.Exists(Path.Combine(folder, "package-lock.json"));
            string[] registry = options.Value.NpmRegistry is { } url ? ["--registry", url] : [];
            return ["npm", isLocked ? "ci" : "install", "--omit=dev", "--no-audit", "--no-fund", "--no-bin-links", .. registry];
        }

        if (runtime.Language == "python" && await HasLinesAsync(Path.Combine(folder, "requirements.txt"), ct))
        {
            string[] index = options.Value.PipIndex is { } url ? ["--index-url", url] : [];
            return [runtime.Interpreter, "-m", "pip", "install", "--target", ".packages", "-r", "requirements.txt", .. index];
        }

        return null;
    }

    private static async Task<bool> NamesPackagesAsync(string path, CancellationToken ct)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, ct));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("dependencies", out var named)
                && named.ValueKind == JsonValueKind.Object && named.EnumerateObject().Any();
        }
        catch (JsonException)
        {
            return true; // npm says what is wrong with it
        }
    }

    private static async Task<bool> HasLinesAsync(string path, CancellationToken ct) =>
        File.Exists(path) && (await File.ReadAllLinesAsync(path, ct)).Any(line => line.Trim() is { Length: > 0 } text && text[0] != '#');

    private async Task<string> KeepAsync(Guid functionId, string folder, CancellationToken ct)
    {
        using var place = folders.Temporary();
        var path = Path.Combine(place.Path, "package.tar.gz");
        await using (var file = File.Create(path))
        await using (var zip = new GZipStream(file, CompressionLevel.Fastest))
            await TarFile.CreateFromDirectoryAsync(folder, zip, includeBaseDirectory: false, ct);
        string digest;
        await using (var file = File.OpenRead(path))
            digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
        await using (var file = File.OpenRead(path))
            await code.StoreAsync(functionId, digest, file, ct);
        return digest;
    }

    private static string? LogOf(SandboxResult result)
    {
        var text = $"{result.Stdout}{result.Stderr}".Trim();
        return text.Length == 0 ? null : text.Length > MaxLog ? text[^MaxLog..] : text;
    }
}
