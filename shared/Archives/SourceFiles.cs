using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Platform.Archives;

/// <summary>Lists of files sent as JSON.</summary>
public static class SourceFiles
{
    /// <summary>The problems of a list: none or too many files, too large together (decoded), paths that are not relative or come twice, content that is not base64.</summary>
    public static IReadOnlyList<Problem> Check(IReadOnlyList<SourceFile> files, string field, int mostFiles, long mostBytes)
    {
        if (files.Count == 0 || files.Count > mostFiles)
            return [Problem.Body(field, $"1 to {mostFiles} files are needed", "value_error")];
        var problems = new List<Problem>();
        var paths = new HashSet<string>(StringComparer.Ordinal);
        long bytes = 0;
        for (var i = 0; i < files.Count; i++)
        {
            var at = $"{field}.{i}";
            if (ArchivePath.TryNormalize(files[i].Path) is not { Length: > 0 } path)
                problems.Add(Problem.Body($"{at}.path", "The path must be relative, without '..'", "value_error"));
            else if (!paths.Add(path))
                problems.Add(Problem.Body($"{at}.path", "The path is there twice", "value_error"));
            if (TryDecode(files[i]) is { } content)
                bytes += content.Length;
            else
                problems.Add(Problem.Body($"{at}.content", "The content is not base64", "value_error"));
        }
        foreach (var path in paths.Where(path => Parents(path).Any(paths.Contains)))
            problems.Add(Problem.Body(field, $"'{path}' lies below a file", "value_error"));
        if (bytes > mostBytes)
            problems.Add(Problem.Body(field, $"The files are larger than {mostBytes} bytes together", "too_long"));
        return problems;
    }

    /// <summary>A tar.gz of checked files. The same files give the same bytes, in whatever order they come.</summary>
    public static async Task<byte[]> PackAsync(IEnumerable<SourceFile> files)
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        await using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (path, file) in files.Select(file => (ArchivePath.TryNormalize(file.Path)!, file)).OrderBy(pair => pair.Item1, StringComparer.Ordinal))
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, path)
                {
                    DataStream = new MemoryStream(TryDecode(file)!),
                    Mode = file.Executable ? UnixFiles.Executable : UnixFiles.Plain,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }
        return packed.ToArray();
    }

    private static byte[]? TryDecode(SourceFile file)
    {
        if (file.Encoding == SourceEncoding.Utf8)
            return Encoding.UTF8.GetBytes(file.Content);
        var bytes = new byte[((file.Content.Length * 3) + 3) / 4];
        return Convert.TryFromBase64String(file.Content, bytes, out var length) ? bytes[..length] : null;
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            yield return path[..slash];
    }
}
