using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Platform.Archives;

namespace Platform.Tests.Archives;

/// <summary>Archives of users: the usual ones unpack, and whatever reaches outside, is endless or broken is refused.</summary>
public sealed class SourceArchiveTests : IDisposable
{
    private static readonly ArchiveLimits Limits = new(100, 1 << 20);
    private readonly string _parent = Directory.CreateTempSubdirectory("archive-").FullName;

    private string Root => Path.Combine(_parent, "root");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tar_FilesFoldersAndLinks_Unpack(bool gzip)
    {
        var tar = Tar(gzip, Entry("a.txt", "A"), Entry("bin/tool", "#!/bin/sh", executable: true), Folder("empty"), Link("bin/same", "../a.txt"), HardLink("b.txt", "a.txt"));
        var result = await UnpackAsync(tar);

        Assert.Equal(new UnpackedArchive(3, 11), result.Value);
        Assert.Equal("A", await File.ReadAllTextAsync(Path.Combine(Root, "bin/same")));
        Assert.Equal("A", await File.ReadAllTextAsync(Path.Combine(Root, "b.txt")));
        Assert.True(UnixFiles.IsExecutable(Path.Combine(Root, "bin/tool")));
        Assert.False(UnixFiles.IsExecutable(Path.Combine(Root, "a.txt")));
        Assert.True(Directory.Exists(Path.Combine(Root, "empty")));
    }

    [Fact]
    public async Task Tar_LoneTopFolder_IsTheRoot()
    {
        var result = await UnpackAsync(Tar(true, Folder("top"), Entry("top/a.txt", "A"), Entry("top/b/c.txt", "C"), Link("top/b/up", "../a.txt")));

        Assert.True(result.IsOk);
        Assert.Equal("A", await File.ReadAllTextAsync(Path.Combine(Root, "b/up")));
        Assert.Equal([Root], Directory.GetFileSystemEntries(_parent));
    }

    [Fact]
    public async Task Zip_FilesOfWindowsAndUnix_Unpack()
    {
        var zip = Zip(("top\\a.txt", "A", 0), ("top/run.sh", "x", 0x81ED), ("top/link", "a.txt", 0xA1FF), ("top/sub/", "", 0));
        var result = await UnpackAsync(zip);

        Assert.Equal(new UnpackedArchive(2, 2), result.Value);
        Assert.Equal("A", await File.ReadAllTextAsync(Path.Combine(Root, "link")));
        Assert.True(UnixFiles.IsExecutable(Path.Combine(Root, "run.sh")));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a/../../evil")]
    [InlineData("..\\evil")]
    [InlineData("C:\\evil")]
    public async Task PathThatLeaves_IsRefused(string name)
    {
        await RefusedAsync(Tar(false, Entry("ok", "1"), Entry(name, "1")), "not a relative path");
        await RefusedAsync(Zip(("ok", "1", 0), (name, "1", 0)), "not a relative path");
        Assert.False(File.Exists(Path.Combine(_parent, "evil")));
    }

    [Theory]
    [InlineData("l", "/etc/passwd")]
    [InlineData("l", "..")]
    [InlineData("a/l", "../../x")]
    [InlineData("l", "a/../../..")]
    [InlineData("l", "a/..")]
    [InlineData("l", "")]
    public async Task SymbolicLinkThatLeaves_IsRefused(string name, string target) =>
        await RefusedAsync(Zip(("f", "1", 0), (name, target, 0xA1FF)), "leads out");

    [Fact]
    public async Task LinkBesideALoneTopFolder_IsOutside() =>
        await RefusedAsync(Tar(false, Entry("top/f", "1"), Link("top/l", "../other")), "leads out");

    [Fact]
    public async Task FileThroughALink_IsRefused()
    {
        await RefusedAsync(Tar(false, Entry("d/f", "1"), Link("l", "d"), Entry("l/g", "1")), "twice");
        await RefusedAsync(Tar(false, Entry("l/g", "1"), Link("l", "d")), "twice");
        await RefusedAsync(Tar(false, Entry("f", "1"), Entry("f/g", "1")), "twice");
        await RefusedAsync(Tar(false, Entry("f", "1"), Folder("f")), "twice");
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("../f")]
    [InlineData("/etc/passwd")]
    public async Task HardLinkToNothingInside_IsRefused(string target) => await RefusedAsync(Tar(false, Entry("f", "1"), HardLink("h", target)), "leads out");

    [Theory]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    public async Task Device_IsRefused(TarEntryType type) => await RefusedAsync(Tar(false, Entry("f", "1"), new PaxTarEntry(type, "dev")), "neither a file");

    [Fact]
    public async Task TooMuch_IsRefused()
    {
        await RefusedAsync(Tar(true, [.. Enumerable.Range(0, 101).Select(i => Entry($"f{i}", ""))]), "more than 100 entries");
        await RefusedAsync(Tar(true, Entry("bomb", new string('\0', (1 << 20) + 1))), "larger than");
        await RefusedAsync(Zip(("bomb", new string('\0', (1 << 20) + 1), 0)), "larger than");
    }

    [Fact]
    public async Task Broken_IsRefused()
    {
        var whole = Tar(true, Entry("a.txt", new string('x', 5000)));
        await RefusedAsync(whole[..(whole.Length / 2)], "broken");
        await RefusedAsync(Encoding.UTF8.GetBytes("no archive at all, only words"), "broken");
        await RefusedAsync(Zip(("a", "1", 0))[..20], "broken");
        await RefusedAsync([], "no file");
    }

    [Fact]
    public async Task Packed_SameFilesInAnyOrder_SameBytesThatUnpack()
    {
        SourceFile[] files = [new("b/run.sh", "echo", Executable: true), new("a.bin", "AAEC", SourceEncoding.Base64)];
        Assert.Empty(SourceFiles.Check(files, "files", 500, 700_000));
        var packed = await SourceFiles.PackAsync(files);

        Assert.Equal(packed, await SourceFiles.PackAsync(files.Reverse()));
        Assert.Equal(new UnpackedArchive(2, 7), (await UnpackAsync(packed)).Value);
        Assert.Equal([0, 1, 2], await File.ReadAllBytesAsync(Path.Combine(Root, "a.bin")));
        Assert.True(UnixFiles.IsExecutable(Path.Combine(Root, "b/run.sh")));
    }

    [Fact]
    public void Check_BadList_NamesEachProblem()
    {
        SourceFile[] files = [new("../a", ""), new("b", "%", SourceEncoding.Base64), new("./b", ""), new("b/c", "")];
        var problems = SourceFiles.Check(files, "files", 500, 700_000).Select(problem => problem.Location[^1]).ToArray();

        Assert.Equal(["files.0.path", "files.1.content", "files.2.path", "files"], problems);
        Assert.Single(SourceFiles.Check([], "files", 500, 1));
        Assert.Single(SourceFiles.Check([new("a", "12")], "files", 500, 1));
        Assert.Single(SourceFiles.Check([new("a", ""), new("b", "")], "files", 1, 1));
    }

    private async Task RefusedAsync(byte[] archive, string message)
    {
        var result = await UnpackAsync(archive);
        Assert.False(result.IsOk, "It was unpacked.");
        Assert.Equal("archive.source_invalid", result.Error.Code);
        Assert.Contains(message, result.Error.Message, StringComparison.Ordinal);
        Directory.Delete(Root, recursive: true);
    }

    private async Task<Result<UnpackedArchive>> UnpackAsync(byte[] archive) =>
        await SourceArchive.UnpackAsync(new MemoryStream(archive), Root, Limits, CancellationToken.None);

    private static PaxTarEntry Entry(string name, string content, bool executable = false) => new(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
        Mode = UnixFileMode.UserRead | (executable ? UnixFileMode.UserExecute : UnixFileMode.None),
    };

    private static PaxTarEntry Folder(string name) => new(TarEntryType.Directory, name);

    private static PaxTarEntry Link(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };

    private static PaxTarEntry HardLink(string name, string target) => new(TarEntryType.HardLink, name) { LinkName = target };

    private static byte[] Tar(bool gzip, params TarEntry[] entries)
    {
        var stream = new MemoryStream();
        using (Stream outer = gzip ? new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true) : stream)
        using (var tar = new TarWriter(outer, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        }
        return stream.ToArray();
    }

    private static byte[] Zip(params (string Name, string Content, int Mode)[] entries)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content, mode) in entries)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = mode << 16;
                using var writer = entry.Open();
                writer.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        return stream.ToArray();
    }
}
