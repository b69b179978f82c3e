using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Archives;
using Platform.Blobs;

namespace Platform.UserFunctions;

/// <summary>Code as a request brings it; exactly one of the three.</summary>
public sealed record CodeSource(string? Code, IReadOnlyList<FunctionFile>? Files, ReadOnlyMemory<byte>? Archive)
{
    public bool IsOne => new[] { Code is not null, Files is not null, Archive is not null }.Count(given => given) == 1;
}

/// <summary>Code that was looked through.</summary>
/// <param name="Packed">A <c>tar.gz</c> or the archive as it came.</param>
/// <param name="Sha256">Of that, in lower-case hex.</param>
/// <param name="SizeBytes">Unpacked.</param>
public sealed record PackedCode(ReadOnlyMemory<byte> Packed, string Sha256, long SizeBytes, int FileCount);

/// <summary>The code of functions: takes it from requests, and keeps it in the blob store by its digest.</summary>
public sealed partial class FunctionCode(IBlobStore blobs, CodeFolders folders)
{
    private const string MediaType = "application/octet-stream";
    private const long MaxShown = 1 << 20;

    /// <summary>What functions may be unpacked.</summary>
    public static readonly ArchiveLimits Limits = new(Entries: 10_000, Bytes: 250L << 20);

    /// <summary>Checks code and packs it.</summary>
    public async Task<Result<PackedCode>> PackAsync(CodeSource source, FunctionRuntime runtime, string entrypoint, CancellationToken ct)
    {
        if (!source.IsOne)
            return FunctionErrors.OneCode;
        if (!runtime.Rules.Takes(entrypoint))
            return FunctionErrors.EntrypointForm(runtime.Rules.Entrypoint);
        if (source.Archive is { } archive)
            return await InspectAsync(archive, runtime, entrypoint, ct);

        List<SourceFile> files = source.Files is { } given ? [.. given.Select(file => new SourceFile(file.Path, file.Content, file.Encoding))] : [new SourceFile(LoneName(source.Code!, runtime, entrypoint), source.Code!, SourceEncoding.Utf8, Executable: false)];
        if (SourceFiles.Check(files, source.Files is null ? "code" : "files", FunctionForm.MaxFiles, FunctionForm.MaxFileBytes) is { Count: > 0 } problems)
            return Error.Invalid(problems);
        if (EntryFile(runtime, entrypoint, name => files.Exists(file => file.Path == name)) is null)
            return FunctionErrors.EntrypointMissing(entrypoint);
        var packed = await SourceFiles.PackAsync(files);
        return new PackedCode(packed, DigestOf(packed), files.Sum(SizeOf), files.Count);
    }

    /// <summary>The file that a runtime begins with; null when the code has none.</summary>
    public static string? EntryFile(FunctionRuntime runtime, string entrypoint, Func<string, bool> exists)
    {
        var file = runtime.Rules.Split(entrypoint).File;
        return runtime.Extensions.Select(extension => file + extension).FirstOrDefault(exists);
    }

    public Task StoreAsync(Guid functionId, PackedCode code, CancellationToken ct) => StoreAsync(functionId, code.Sha256, new MemoryStream(code.Packed.ToArray(), writable: false), ct);

    public Task StoreAsync(Guid functionId, string sha256, Stream packed, CancellationToken ct) => blobs.WriteAsync(KeyOf(functionId, sha256), packed, MediaType, ct);

    /// <summary>Null when it is not there.</summary>
    public Task<Stream?> OpenAsync(Guid functionId, string sha256, CancellationToken ct) => blobs.OpenReadAsync(KeyOf(functionId, sha256), ct);

    public Task DeleteAsync(Guid functionId, string sha256, CancellationToken ct) => blobs.DeleteAsync(KeyOf(functionId, sha256), ct);

    /// <summary>Deletes all code of a function.</summary>
    public async Task DeleteAllAsync(Guid functionId, CancellationToken ct)
    {
        List<string> keys = [];
        await foreach (var blob in blobs.ListAsync($"function-code/{functionId:N}/", ct))
            keys.Add(blob.Key);
        foreach (var key in keys)
            await blobs.DeleteAsync(key, ct);
    }

    /// <summary>The files of a version; null when it is too large to show, or its code is lost.</summary>
    public async Task<IReadOnlyList<FunctionFile>?> ReadAsync(FunctionVersion version, CancellationToken ct)
    {
        if (version.SizeBytes > MaxShown)
            return null;
        await using var packed = await OpenAsync(version.FunctionId, version.CodeSha256, ct);
        if (packed is null)
            return null;
        using var folder = folders.Temporary();
        var unpacked = await SourceArchive.UnpackAsync(packed, folder.Path, Limits, ct);
        if (!unpacked.IsOk)
            return null;
        List<FunctionFile> files = [];
        foreach (var path in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            files.Add(ToFile(Path.GetRelativePath(folder.Path, path), await File.ReadAllBytesAsync(path, ct)));
        return files;
    }

    public static string DigestOf(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes.Span));

    private async Task<Result<PackedCode>> InspectAsync(ReadOnlyMemory<byte> archive, FunctionRuntime runtime, string entrypoint, CancellationToken ct)
    {
        using var folder = folders.Temporary();
        var unpacked = await SourceArchive.UnpackAsync(new MemoryStream(archive.ToArray(), writable: false), folder.Path, Limits, ct);
        if (!unpacked.IsOk)
            return unpacked.Error;
        if (EntryFile(runtime, entrypoint, name => File.Exists(Path.Combine(folder.Path, name))) is null)
            return FunctionErrors.EntrypointMissing(entrypoint);
        return new PackedCode(archive.ToArray(), DigestOf(archive), unpacked.Value.Bytes, unpacked.Value.Files);
    }

    // A module of today's syntax would not load under the ending of the other kind.
    private static string LoneName(string code, FunctionRuntime runtime, string entrypoint) =>
        runtime.Rules.Split(entrypoint).File + (runtime.Language == "node" && ModuleSyntax().IsMatch(code) ? ".mjs" : runtime.Rules.Extensions[0]);

    private static string KeyOf(Guid functionId, string sha256) => $"function-code/{functionId:N}/{sha256}";

    private static long SizeOf(SourceFile file) =>
        file.Encoding == SourceEncoding.Base64 ? Convert.FromBase64String(file.Content).Length : Encoding.UTF8.GetByteCount(file.Content);

    private static FunctionFile ToFile(string path, byte[] content)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content);
            return new FunctionFile(path, text);
        }
        catch (DecoderFallbackException)
        {
            return new FunctionFile(path, Convert.ToBase64String(content), SourceEncoding.Base64);
        }
    }

    [GeneratedRegex(@"^\s*(export\s+(default|const|let|var|async|function|class|\{|\*)|import\s+[\w{*""'])", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ModuleSyntax();
}
