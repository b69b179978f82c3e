using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Platform.Archives;
using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>What packaging came to: <paramref name="Sha256"/> of the code with its dependencies, or compiled; null when it needs neither.</summary>
public sealed record Packaged(string? Sha256, string? Log, (string Code, string Message)? Error);

/// <summary>
/// Installs what the code of a function depends on, in the sandbox with the guarded network, or compiles it, without a network, and keeps the result in the blob store.
/// </summary>
public sealed class FunctionPackager(FunctionCode code, FunctionRuntimes runtimes, ISandbox sandbox, FunctionCompiler compiler, CodeFolders folders, IOptions<FunctionOptions> options)
{
    // Not every Python has pip of its own, but each can make an environment that has.
    private const string Pip = """
        py=$1; shift
        "$py" -m pip --version >/dev/null 2>&1 || { "$py" -m venv /tmp/pip >&2 && py=/tmp/pip/bin/python; }
        exec "$py" -m pip install "$@"
        """;

    private const string Folder = "/work";
    private const int MaxLog = 64 * 1024;
    private const long MemoryBytes = 1L << 30;
    private const long TmpBytes = 256L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5); // each of two tries
    private static readonly TimeSpan LongestCompiling = TimeSpan.FromMinutes(2);
    private static readonly (string Code, string Message) Unavailable = ("unavailable", FunctionErrors.Unavailable.Message);
    private static readonly string[] NetworkWords = ["ENOTFOUND", "ETIMEDOUT", "ECONNRESET", "ECONNREFUSED", "EAI_AGAIN", "Connection", "timed out", "502", "503"];

    private readonly PackageRegistries _registries = new(options.Value);

    /// <summary>Throws when the host stops meanwhile, and when nobody wants it any more.</summary>
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

        if (runtime.Value.Rules.IsCompiled)
            return await CompileAsync(version.FunctionId, runtime.Value, folder.Path, ct);
        if (await CommandAsync(runtime.Value, folder.Path, ct) is not { } command)
            return new Packaged(null, null, null);
        var result = await InstallAsync(runtime.Value, command, folder.Path, ct);
        ct.ThrowIfCancellationRequested();
        var log = LogOf(result);
        if (ErrorOf(result, folder.Path) is { } error)
            return new Packaged(null, log, error);
        return new Packaged(await KeepAsync(version.FunctionId, folder.Path, ct), log, null);
    }

    /// <summary>Removes what was kept for a version that is gone.</summary>
    public Task DropAsync(Guid functionId, string sha256, CancellationToken ct) => code.DeleteAsync(functionId, sha256, ct);

    private async Task<Packaged> CompileAsync(Guid functionId, FunctionRuntime runtime, string folder, CancellationToken ct)
    {
        var compiled = await compiler.CompileAsync(runtime, folder, LongestCompiling, ct);
        var log = Shortened(compiled.Log);
        return compiled switch
        {
            { Reason: SandboxReason.Lost } => throw new InvalidOperationException("The host stopped while the code was compiled"),
            { Reason: SandboxReason.StartFailed } => new Packaged(null, null, Unavailable),
            { Error: { } error } => new Packaged(null, log, ("compile_failed", error)),
            _ => new Packaged(await KeepAsync(functionId, folder, ct), log, null),
        };
    }

    private static (string Code, string Message)? ErrorOf(SandboxResult result, string folder) => result switch
    {
        { Reason: SandboxReason.Lost } => throw new InvalidOperationException("The host stopped while packages were installed"),
        { Reason: SandboxReason.StartFailed } => Unavailable,
        { Reason: SandboxReason.Timeout } => ("package_failed", "Installing the dependencies took too long"),
        { Reason: SandboxReason.Exited, ExitCode: 0 } => IsTooLarge(folder)
            ? ("package_too_large", $"The code has with its dependencies more than {FunctionCode.Limits.Entries} files or {FunctionCode.Limits.Bytes >> 20} MB")
            : null,
        _ => ("package_failed", "The dependencies could not be installed; see the package log"),
    };

    private static bool IsTooLarge(string folder)
    {
        var (entries, bytes) = (0, 0L);
        foreach (var entry in CodeFolders.EntriesOf(folder))
            (entries, bytes) = (entries + 1, bytes + (entry is FileInfo { LinkTarget: null } file ? file.Length : 0));
        return entries > FunctionCode.Limits.Entries || bytes > FunctionCode.Limits.Bytes;
    }

    private async Task<SandboxResult> InstallAsync(FunctionRuntime runtime, IReadOnlyList<string> command, string folder, CancellationToken ct)
    {
        var run = new SandboxRun
        {
            Name = $"package-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}",
            Command = command,
            Environment = VariablesOf(runtime),
            Files = _registries.Files,
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

    private Dictionary<string, string> VariablesOf(FunctionRuntime runtime)
    {
        var variables = new Dictionary<string, string>(runtime.Environment)
        {
            ["CI"] = "true",
            ["npm_config_cache"] = "/tmp/npm",
            ["npm_config_update_notifier"] = "false",
            ["PIP_NO_CACHE_DIR"] = "1",
            ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1",
        };
        foreach (var (name, value) in _registries.Variables)
            variables[name] = value;
        return variables;
    }

    // Null when the code names nothing to install.
    private async Task<IReadOnlyList<string>?> CommandAsync(FunctionRuntime runtime, string folder, CancellationToken ct)
    {
        if (runtime.Language == "node" && await NamesPackagesAsync(Path.Combine(folder, "package.json"), ct))
        {
            var isLocked = File.Exists(Path.Combine(folder, "package-lock.json"));
            return ["npm", isLocked ? "ci" : "install", "--omit=dev", "--no-audit", "--no-fund", "--no-bin-links", .. _registries.NpmArguments];
        }

        if (runtime.Language == "python" && await HasLinesAsync(Path.Combine(folder, "requirements.txt"), ct))
        {
            return ["/bin/bash", "-c", Pip, "pip", runtime.Interpreter, "--target", ".packages", "-r", "requirements.txt"];
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
        await using (var tar = new TarWriter(zip))
        {
            foreach (var entry in CodeFolders.EntriesOf(folder)) // TarFile would leave out what begins with a dot, and so Python's packages
                await tar.WriteEntryAsync(entry.FullName, Path.GetRelativePath(folder, entry.FullName), ct);
        }

        string digest;
        await using (var file = File.OpenRead(path))
            digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
        await using (var file = File.OpenRead(path))
            await code.StoreAsync(functionId, digest, file, ct);
        return digest;
    }

    private string? LogOf(SandboxResult result) => Shortened(_registries.Secrets.Apply($"{result.Stdout}{result.Stderr}").Trim());

    private static string? Shortened(string text) => text.Length == 0 ? null : text.Length > MaxLog ? text[^MaxLog..] : text;
}
