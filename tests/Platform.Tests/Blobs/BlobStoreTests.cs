using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Platform.Blobs;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Blobs;

/// <summary>What every blob store must do, run against the folder and against Azurite.</summary>
public abstract class BlobStoreTests
{
    protected const int BlockSize = 64 * 1024;

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    protected abstract IBlobStore Store { get; }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(BlockSize - 1)]
    [InlineData(BlockSize)]
    [InlineData(3 * BlockSize + 17)]
    public async Task WriteAsync_AnyLength_ReadsBackTheSameBytes(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        var written = await Store.WriteAsync("runs/1/out.log", new Trickle(bytes), "text/plain; charset=utf-8", default);

        Assert.Equal(new BlobProperties("runs/1/out.log", length, "text/plain; charset=utf-8", Convert.ToHexStringLower(SHA256.HashData(bytes)), Clock.GetUtcNow()), written);
        Assert.Equal(written, await Store.GetPropertiesAsync("runs/1/out.log", default));
        Assert.Equal(bytes, await ReadAsync("runs/1/out.log"));
    }

    [Fact]
    public async Task WriteAsync_ExistingKey_ReplacesContentAndProperties()
    {
        await WriteAsync("a", new string('x', 3 * BlockSize));
        Clock.Advance(TimeSpan.FromMinutes(1));

        var second = await Store.WriteAsync("a", new MemoryStream("new"u8.ToArray()), "application/json", default);

        Assert.Equal("new", Encoding.UTF8.GetString((await ReadAsync("a"))!));
        Assert.Equal(second, await Store.GetPropertiesAsync("a", default));
    }

    [Fact]
    public async Task WriteAsync_SourceFailsHalfway_LeavesTheOldBlob()
    {
        await WriteAsync("a", "old");

        await Assert.ThrowsAsync<IOException>(() => Store.WriteAsync("a", new Trickle(new byte[2 * BlockSize], failAtEnd: true), "text/plain", default));

        Assert.Equal("old", Encoding.UTF8.GetString((await ReadAsync("a"))!));
        Assert.Equal(["a"], await ListAsync(""));
    }

    [Fact]
    public async Task WriteAsync_TwoWritersOfOneKey_OneOfThemWinsAsAWhole()
    {
        var texts = Enumerable.Range(0, 6).Select(i => new string((char)('a' + i), 2 * BlockSize + i)).ToArray();

        await Task.WhenAll(texts.Select(text => WriteAsync("race", text)));

        var stored = Encoding.UTF8.GetString((await ReadAsync("race"))!);
        Assert.Contains(stored, texts);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stored))), (await Store.GetPropertiesAsync("race", default))!.Sha256);
    }

    [Fact]
    public async Task Reads_AbsentBlob_AreNull()
    {
        Assert.Null(await Store.OpenReadAsync("not/there", default));
        Assert.Null(await Store.GetPropertiesAsync("not/there", default));
        await Store.DeleteAsync("not/there", default);
        Assert.Empty(await ListAsync("not/"));
    }

    [Fact]
    public async Task ListAsync_Prefix_ReturnsItsKeysInOrder()
    {
        foreach (var key in (string[])["t/2/b", "t/2", "t/10/a", "t/2-x", "u/1", "t/2/a.txt"])
            await WriteAsync(key, key);

        Assert.Equal(["t/10/a", "t/2", "t/2-x", "t/2/a.txt", "t/2/b"], await ListAsync("t/"));
        Assert.Equal(["t/2", "t/2-x", "t/2/a.txt", "t/2/b"], await ListAsync("t/2"));
        Assert.Equal(["t/2/a.txt", "t/2/b"], await ListAsync("t/2/"));
        Assert.Equal(6, (await ListAsync("")).Count);
    }

    [Fact]
    public async Task DeleteAsync_WhileOthersWriteBeside_RemovesOnlyItsBlob()
    {
        await Parallel.ForAsync(0, 60, async (i, ct) =>
        {
            var key = $"folder/{i % 4}/blob{i}";
            await WriteAsync(key, "x");
            if (i % 2 == 0)
                await Store.DeleteAsync(key, ct);
        });

        Assert.Equal(30, (await ListAsync("folder/")).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../b")]
    [InlineData("..")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("A")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a%2e")]
    [InlineData("a\0")]
    [InlineData("ä")]
    public async Task AnyCall_BadKey_IsRefused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(key, "x"));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenReadAsync(key, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.GetPropertiesAsync(key, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(key, default));
    }

    [Fact]
    public async Task WriteAsync_CancelledBeforeTheEnd_StoresNothing()
    {
        using var stop = new CancellationTokenSource();
        var source = new Trickle(new byte[10 * BlockSize], onRead: read => { if (read > 5 * BlockSize) stop.Cancel(); });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync("c", source, "text/plain", stop.Token));

        Assert.Null(await Store.GetPropertiesAsync("c", default));
    }

    protected Task<BlobProperties> WriteAsync(string key, string text) =>
        Store.WriteAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(text)), "text/plain", default);

    protected async Task<byte[]?> ReadAsync(string key)
    {
        await using var stream = await Store.OpenReadAsync(key, default);
        if (stream is null)
            return null;
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    protected async Task<List<string>> ListAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (var blob in Store.ListAsync(prefix, default))
            keys.Add(blob.Key);
        return keys;
    }

    /// <summary>A source that gives few bytes at a time, as a network does, and can break.</summary>
    private sealed class Trickle(byte[] bytes, bool failAtEnd = false, Action<long>? onRead = null) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(destination[..Math.Min(destination.Length, 7_001)], cancellationToken);
            onRead?.Invoke(Position);
            return read == 0 && failAtEnd ? throw new IOException("The source broke") : read;
        }
    }
}

public sealed class FolderBlobStoreTests : BlobStoreTests, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("blobs-").FullName;
    private readonly FolderBlobStore _store;

    public FolderBlobStoreTests() => _store = new FolderBlobStore(_root, Clock);

    protected override IBlobStore Store => _store;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task OpenReadAsync_TruncatedFile_SaysThatItIsDamaged()
    {
        await WriteAsync("x/y", "some content");
        var file = Directory.GetFiles(_root, "y@", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..^3]);

        await Assert.ThrowsAsync<InvalidDataException>(() => Store.OpenReadAsync("x/y", default));
    }

    [Fact]
    public async Task Start_StagedFilesOfACrash_AreDeletedWhenOldOnly()
    {
        var old = Path.Combine(_root, "@staging", "old");
        var young = Path.Combine(_root, "@staging", "young");
        await File.WriteAllTextAsync(old, "half");
        await File.WriteAllTextAsync(young, "half");
        File.SetLastWriteTimeUtc(old, Clock.GetUtcNow().UtcDateTime.AddDays(-2));
        File.SetLastWriteTimeUtc(young, Clock.GetUtcNow().UtcDateTime.AddHours(-1));

        var restarted = new FolderBlobStore(_root, Clock);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.Null(await restarted.OpenReadAsync("old", default));
    }

    [Fact]
    public async Task WriteAsync_LongAfterTheStart_DeletesWhatACrashHasLeft()
    {
        var left = Path.Combine(_root, "@staging", "left");
        await File.WriteAllTextAsync(left, "half");
        File.SetLastWriteTimeUtc(left, Clock.GetUtcNow().UtcDateTime.AddDays(-2));
        await WriteAsync("a", "content");
        Assert.True(File.Exists(left));

        Clock.Advance(TimeSpan.FromMinutes(61));
        await WriteAsync("b", "content");

        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task OpenReadAsync_BlobReplacedWhileReading_GivesTheOldContentToTheEnd()
    {
        await WriteAsync("r", "first version");
        await using var stream = (await Store.OpenReadAsync("r", default))!;

        await WriteAsync("r", "2nd");

        Assert.Equal("first version", await new StreamReader(stream).ReadToEndAsync());
        Assert.Equal(13, stream.Length);
    }
}

public sealed class AzureBlobStoreTests : BlobStoreTests, IClassFixture<AzuriteServer>
{
    private readonly AzuriteServer _server;
    private readonly AzureBlobStore _store;

    public AzureBlobStoreTests(AzuriteServer server)
    {
        _server = server;
        _store = Open(server.ConnectionString);
    }

    protected override IBlobStore Store => _store;

    [Fact]
    public async Task ListAsync_MoreThanOnePage_FollowsTheMarkers()
    {
        var store = new AzureBlobStore(Container(_server.ConnectionString), Clock, BlockSize, pageSize: 3);
        for (var i = 0; i < 8; i++)
            await store.WriteAsync($"p/{i}", new MemoryStream([1]), "text/plain", default);

        var keys = new List<string>();
        await foreach (var blob in store.ListAsync("p/", default))
            keys.Add(blob.Key);

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"p/{i}"), keys);
    }

    [Fact]
    public async Task WriteAsync_WrongKey_FailsWithStatusAndWithoutSecrets()
    {
        var wrong = Convert.ToBase64String(new byte[64]);
        var store = Open(System.Text.RegularExpressions.Regex.Replace(_server.ConnectionString, "AccountKey=[^;]+", $"AccountKey={wrong}"));

        var failure = await Assert.ThrowsAsync<BlobStoreException>(() => store.WriteAsync("a", new MemoryStream([1]), "text/plain", default));

        Assert.Equal(403, failure.Status);
        Assert.DoesNotContain(wrong, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetPropertiesAsync_NobodyListens_FailsAfterRetries()
    {
        var store = Open("AccountName=x;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:1/x");

        var failure = await Assert.ThrowsAsync<BlobStoreException>(() => store.GetPropertiesAsync("a", default));

        Assert.Equal(0, failure.Status);
    }

    private AzureBlobStore Open(string connection) => new(Container(connection), Clock, BlockSize);

    private static AzureBlobContainer Container(string connection) =>
        new(AzureBlobAccount.Parse(connection), $"t{Guid.NewGuid():N}", TimeProvider.System, null, new RetrySettings(2, TimeSpan.FromMilliseconds(10)));
}
