using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Platform.Archives;
using Platform.Blobs;

namespace Platform.Builds;

/// <summary>A source that was taken: what the build tells of it, the id that its archive is stored under, and the credentials that came with it.</summary>
internal sealed record TakenSource(BuildSource Source, Guid? Archive, string? OwnToken);

/// <summary>Checks the source of a new build and stores its archive.</summary>
public sealed class NewSources(IBlobStore blobs, BuildAddress addresses, IOptions<BuildOptions> options, BuildClock clock)
{
    private const int MaxFiles = 500;
    private const int MaxInline = 700 * 1024;
    private const string MediaType = "application/octet-stream";

    internal async Task<Result<TakenSource>> TakeAsync(NewBuild wanted, BuildSettings settings, ReadOnlyMemory<byte>? upload, CancellationToken ct)
    {
        var given = wanted.Source ?? (upload is null ? null : new NewBuildSource { Type = BuildSourceType.Tarball });
        if (given is null && settings.RepositoryUrl is { } repository)
            return new TakenSource(new BuildSource(BuildSourceType.Git) { Url = repository, Ref = wanted.Branch ?? settings.ProductionBranch, CommitSha = wanted.CommitSha, Depth = 1 }, null, null);
        if (given is null)
            return wanted.Executor == BuildExecutor.External ? new TakenSource(new BuildSource(BuildSourceType.None), null, null) : BuildErrors.SourceRequired;
        return given.Type switch
        {
            BuildSourceType.Git => await TakeGitAsync(given, wanted, ct),
            BuildSourceType.Tarball => await TakeArchiveAsync(given, upload, ct),
            BuildSourceType.Files => await TakeFilesAsync(given.Files!, ct),
            _ => new TakenSource(new BuildSource(BuildSourceType.None), null, null),
        };
    }

    /// <summary>Deletes what was stored for a build that is not made.</summary>
    internal Task DropAsync(Guid archive, CancellationToken ct) => blobs.DeleteAsync(BuildBlobs.Source(archive), ct);

    private async Task<Result<TakenSource>> TakeGitAsync(NewBuildSource given, NewBuild wanted, CancellationToken ct)
    {
        if (await addresses.CheckAsync(given.Url!, BuildAddress.Git, "source.url", ct) is { } refusal)
            return refusal;
        var source = new BuildSource(BuildSourceType.Git)
        {
            Url = given.Url,
            Ref = given.Ref ?? wanted.Branch,
            CommitSha = (given.CommitSha ?? wanted.CommitSha)?.ToLowerInvariant(),
            Depth = given.Depth ?? 1,
            Submodules = given.Submodules ?? false,
            Username = given.Username,
        };
        return new TakenSource(source, null, given.Token);
    }

    private async Task<Result<TakenSource>> TakeArchiveAsync(NewBuildSource given, ReadOnlyMemory<byte>? upload, CancellationToken ct)
    {
        var inline = given.ContentBase64 is { } text ? Convert.FromBase64String(text) : null;
        if (inline is not null && inline.Length > MaxInline)
            return Error.Invalid(Problem.Body("source.contentBase64", "The archive should have at most 700 KB; send a larger one as the part 'source'", "value_error"));
        if ((upload is null) == (inline is null))
            return BuildErrors.ArchiveMissing;
        var content = upload ?? inline!;
        if (content.Length > (long)options.Value.MaxSourceMb << 20)
            return new Error(ErrorKind.TooLarge, "build.payload_too_large", $"The source should have at most {options.Value.MaxSourceMb} MB");
        return LooksLikeAnArchive(content.Span) ? await StoreAsync(BuildSourceType.Tarball, content, ct) : BuildErrors.SourceInvalid("The source is no tar, tar.gz or zip archive");
    }

    private async Task<Result<TakenSource>> TakeFilesAsync(IReadOnlyList<NewBuildFile> files, CancellationToken ct)
    {
        List<SourceFile> sources = [.. files.Select(file => new SourceFile(file.Path, file.Content, file.Encoding, file.Executable))];
        if (SourceFiles.Check(sources, "source.files", MaxFiles, MaxInline) is { Count: > 0 } problems)
            return Error.Invalid(problems);
        return await StoreAsync(BuildSourceType.Files, await SourceFiles.PackAsync(sources), ct);
    }

    private async Task<Result<TakenSource>> StoreAsync(BuildSourceType type, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(clock.Now);
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        await blobs.WriteAsync(BuildBlobs.Source(id), stream, MediaType, ct);
        return new TakenSource(new BuildSource(type) { Digest = Convert.ToHexStringLower(SHA256.HashData(content.Span)), SizeBytes = content.Length }, id, null);
    }

    private static bool LooksLikeAnArchive(ReadOnlySpan<byte> content) =>
        content is [0x1f, 0x8b, ..] or [(byte)'P', (byte)'K', 3 or 5, ..] || (content.Length >= 512 && content[257..].StartsWith("ustar"u8));
}
