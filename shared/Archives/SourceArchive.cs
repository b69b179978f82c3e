using System.Formats.Tar;
using System.IO.Compression;

namespace Platform.Archives;

/// <summary>Unpacks archives that users send (tar, tar.gz, zip; told by their content) without trusting one word in them: delivery §2.2, §14.3.</summary>
public static class SourceArchive
{
    /// <summary>
    /// Unpacks into a folder, which must be new or empty. When all entries lie under one top folder, that folder is the root. Files are 0644, or 0755 when the
    /// archive says executable. Next to the folder, <c>{folder}.top</c> is used for a moment. A refusal leaves what was unpacked so far for the caller to remove with the folder.
    /// </summary>
    public static async Task<Result<UnpackedArchive>> UnpackAsync(Stream archive, string folder, ArchiveLimits limits, CancellationToken ct)
    {
        if (archive.CanSeek)
            return await UnpackSeekableAsync(archive, folder, limits, ct);
        await using var copy = await ScratchFile.CopyOfAsync(archive, ct); // a zip has its list at the end
        return await UnpackSeekableAsync(copy, folder, limits, ct);
    }

    private enum Format
    {
        Tar,
        GzippedTar,
        Zip,
    }

    private static async Task<Result<UnpackedArchive>> UnpackSeekableAsync(Stream archive, string folder, ArchiveLimits limits, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var unpacking = new ArchiveUnpacking(folder, limits);
        try
        {
            var format = await FormatAsync(archive, ct);
            var refusal = format == Format.Zip ? await ZipAsync(archive, unpacking, ct) : await TarAsync(archive, format, unpacking, ct);
            return refusal is not null ? refusal : unpacking.Finish();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return ArchiveErrors.Unreadable;
        }
    }

    private static async Task<Format> FormatAsync(Stream archive, CancellationToken ct)
    {
        var magic = new byte[4];
        _ = await archive.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, ct);
        archive.Position = 0;
        return magic switch
        {
            [0x1F, 0x8B, ..] => Format.GzippedTar,
            [(byte)'P', (byte)'K', ..] => Format.Zip,
            _ => Format.Tar,
        };
    }

    private static async Task<Error?> TarAsync(Stream archive, Format format, ArchiveUnpacking unpacking, CancellationToken ct)
    {
        await using var plain = format == Format.GzippedTar ? new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true) : archive;
        await using var reader = new TarReader(plain, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, ct) is { } entry)
        {
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
                continue; // what git archive writes in front
            if (await TarEntryAsync(entry, unpacking, ct) is { } refusal)
                return refusal;
        }
        return null;
    }

    private static ValueTask<Error?> TarEntryAsync(TarEntry entry, ArchiveUnpacking unpacking, CancellationToken ct) => entry.EntryType switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile =>
            unpacking.FileAsync(entry.Name, entry.DataStream ?? Stream.Null, UnixFiles.IsExecutable(entry.Mode), ct),
        TarEntryType.Directory or TarEntryType.DirectoryList => new(unpacking.Folder(entry.Name)),
        TarEntryType.SymbolicLink => new(unpacking.SymbolicLink(entry.Name, entry.LinkName)),
        TarEntryType.HardLink => unpacking.HardLinkAsync(entry.Name, entry.LinkName, ct),
        _ => new(ArchiveErrors.Kind(entry.Name)),
    };

    private static async Task<Error?> ZipAsync(Stream archive, ArchiveUnpacking unpacking, CancellationToken ct)
    {
        using var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true);
        foreach (var entry in zip.Entries)
        {
            if (await ZipEntryAsync(entry, unpacking, ct) is { } refusal)
                return refusal;
        }
        return null;
    }

    private static async ValueTask<Error?> ZipEntryAsync(ZipArchiveEntry entry, ArchiveUnpacking unpacking, CancellationToken ct)
    {
        const int typeMask = 0xF000, regular = 0x8000, link = 0xA000, folder = 0x4000, ownerExecutes = 0x40, longestLink = 4096;
        var mode = (int)((uint)entry.ExternalAttributes >> 16); // 0 when not made on Unix
        if (entry.FullName.EndsWith('/') || entry.FullName.EndsWith('\\') || (mode & typeMask) == folder)
            return unpacking.Folder(entry.FullName);
        if ((mode & typeMask) is not (0 or regular or link))
            return ArchiveErrors.Kind(entry.FullName);
        await using var content = await entry.OpenAsync(ct);
        if ((mode & typeMask) != link)
            return await unpacking.FileAsync(entry.FullName, content, (mode & ownerExecutes) != 0, ct);
        if (entry.Length > longestLink)
            return ArchiveErrors.Link(entry.FullName);
        using var target = new StreamReader(content);
        return unpacking.SymbolicLink(entry.FullName, await target.ReadToEndAsync(ct));
    }
}
