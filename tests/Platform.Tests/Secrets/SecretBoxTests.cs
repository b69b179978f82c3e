using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;
using Platform.Secrets;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Secrets;

public abstract class SecretBoxTests
{
    private const string Row = "variables/0190/value";

    private readonly Guid _organization = Guid.CreateVersion7();

    protected abstract Task<TestDatabase> CreateDatabaseAsync(Action<IServiceCollection> configure);

    [Theory]
    [InlineData("")]
    [InlineData("hunter2")]
    [InlineData("pässwörd 🔑\n")]
    public async Task OpenAsync_SealedText_GivesThePlainText(string plain)
    {
        await using var database = await CreateAsync();

        var first = await SealAsync(database, _organization, Row, plain);
        var second = await SealAsync(database, _organization, Row, plain);

        Assert.Equal(plain, await OpenAsync(database, _organization, Row, first));
        Assert.NotEqual(first, second);
        if (plain.Length > 0)
            Assert.DoesNotContain(plain, first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_MovedToAnotherRowOrOrganization_IsRefused()
    {
        await using var database = await CreateAsync();
        var other = Guid.CreateVersion7();
        var text = await SealAsync(database, _organization, Row, "secret");
        await SealAsync(database, other, Row, "their own key exists");

        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(database, _organization, "variables/0190/other", text));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(database, other, Row, text));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(database, Guid.CreateVersion7(), Row, text));
    }

    [Fact]
    public async Task OpenAsync_AnyCharacterChanged_IsRefused()
    {
        await using var database = await CreateAsync();
        var text = await SealAsync(database, _organization, Row, "secret");

        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'A' ? 'Q' : 'A') + text[(i + 1)..]; // 'A' and 'Q' differ in bits that the last character carries too
            await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(database, _organization, Row, changed));
        }

        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(database, _organization, Row, ""));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(database, _organization, Row, text[..^8]));
    }

    [Fact]
    public async Task SealAsync_ManyAtOnceForANewOrganization_ShareOneDataKey()
    {
        await using var database = await CreateAsync();

        var texts = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => SealAsync(database, _organization, Row, $"{i}"))));

        await using var scope = database.As(Caller.Platform);
        Assert.Equal(1, await scope.Db.DataKeys.CountAsync(key => key.OrganizationId == _organization));
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal($"{i}", await OpenAsync(database, _organization, Row, texts[i]));
    }

    [Fact]
    public async Task SealAsync_InsideATransactionThatRollsBack_LeavesNoKeyBehindInMemory()
    {
        await using var database = await CreateAsync();
        await using (var scope = database.As(Caller.Platform))
        {
            var box = scope.Get<ISecretBox>();
            await Assert.ThrowsAsync<InvalidOperationException>(() => scope.Db.InTransactionAsync<int>(
                async () =>
                {
                    await box.SealAsync(_organization, Row, "lost", default);
                    throw new InvalidOperationException("rolled back");
                },
                default));
        }

        var text = await SealAsync(database, _organization, Row, "kept");

        Assert.Equal("kept", await OpenAsync(database, _organization, Row, text));
        await using var check = database.As(Caller.Platform);
        Assert.Equal(1, await check.Db.DataKeys.CountAsync());
    }

    [Fact]
    public async Task OpenAsync_MasterKeyWasRotated_ReadsAndWrapsAnew()
    {
        var (old, current) = (NewKey(), NewKey());
        var settings = new SecretsOptions { MasterKey = old };
        await using var database = await CreateAsync(settings);
        var text = await SealAsync(database, _organization, Row, "secret");
        var idle = Guid.CreateVersion7();
        var idleText = await SealAsync(database, idle, Row, "other");

        var rotated = new SecretsOptions { MasterKey = current };
        rotated.PreviousMasterKeys.Add(old);
        Assert.Equal("secret", await OpenAsync(database, _organization, Row, text, rotated));
        Assert.Equal(1, await RingOf(database, rotated).RewrapAsync(default)); // only the idle organization's was left

        var afterwards = new SecretsOptions { MasterKey = current };
        Assert.Equal("secret", await OpenAsync(database, _organization, Row, text, afterwards));
        Assert.Equal("other", await OpenAsync(database, idle, Row, idleText, afterwards));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(database, idle, Row, idleText, settings));
    }

    [Fact]
    public async Task OpenAsync_WrappedKeyOfAnotherOrganizationPutInPlace_IsRefused()
    {
        await using var database = await CreateAsync();
        var other = Guid.CreateVersion7();
        await SealAsync(database, other, Row, "x");
        var text = await SealAsync(database, _organization, Row, "secret");
        await using (var scope = database.As(Caller.Platform))
        {
            var theirs = await scope.Db.DataKeys.SingleAsync(key => key.OrganizationId == other);
            await scope.Db.DataKeys.Where(key => key.OrganizationId == _organization)
                .ExecuteUpdateAsync(set => set.SetProperty(key => key.WrappedKey, theirs.WrappedKey));
        }

        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(database, _organization, Row, text, database.Get<IOptions<SecretsOptions>>().Value));
    }

    private Task<TestDatabase> CreateAsync(SecretsOptions? settings = null) => CreateDatabaseAsync(services =>
    {
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSecrets();
        services.AddSingleton(Options.Create(settings ?? new SecretsOptions { MasterKey = NewKey() }));
    });

    private static async Task<string> SealAsync(TestDatabase database, Guid organization, string row, string plain)
    {
        await using var scope = database.As(Caller.System(organization));
        return await scope.Get<ISecretBox>().SealAsync(organization, row, plain, default);
    }

    /// <param name="settings">Opens as another process with these settings and an empty cache would.</param>
    private static async Task<string> OpenAsync(TestDatabase database, Guid organization, string row, string text, SecretsOptions? settings = null)
    {
        await using var scope = database.As(Caller.System(organization));
        var box = settings is null ? scope.Get<ISecretBox>() : new SecretBox(RingOf(database, settings), scope.Db);
        return await box.OpenAsync(organization, row, text, default);
    }

    private static DataKeyRing RingOf(TestDatabase database, SecretsOptions settings)
    {
        var empty = new DataDirectory(Directory.CreateTempSubdirectory("keys-").FullName);
        return new DataKeyRing(new MasterKeys(Options.Create(settings), empty), database.Get<IServiceScopeFactory>(), database.Get<DatabaseSettings>(), database.Clock);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}

public sealed class SqliteSecretBoxTests : SecretBoxTests
{
    protected override Task<TestDatabase> CreateDatabaseAsync(Action<IServiceCollection> configure) => TestDatabase.CreateAsync(configure);
}

[Collection(PostgresServer.Collection)]
public sealed class PostgresSecretBoxTests(PostgresServer server) : SecretBoxTests
{
    protected override async Task<TestDatabase> CreateDatabaseAsync(Action<IServiceCollection> configure) =>
        await TestDatabase.CreatePostgresAsync(await server.CreateMigratedDatabaseAsync(), configure);
}

public sealed class MasterKeysTests : IDisposable
{
    private readonly DataDirectory _data = new(Path.Combine(Directory.CreateTempSubdirectory("master-").FullName, "data"));

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_data.Path)!, recursive: true);

    [Fact]
    public void Create_NothingConfigured_MakesAKeyForItsOwnerOnlyAndKeepsIt()
    {
        var first = new MasterKeys(Options.Create(new SecretsOptions()), _data);
        var second = new MasterKeys(Options.Create(new SecretsOptions()), _data);

        Assert.Equal(first.CurrentId, second.CurrentId);
        Assert.Equal(["master.key"], Directory.GetFiles(_data.Path).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_data.Combine("master.key")));
    }

    [Fact]
    public async Task Create_ManyProcessesAtOnce_AgreeOnOneKey()
    {
        for (var round = 0; round < 100; round++)
        {
            File.Delete(_data.Combine("master.key"));
            using var together = new Barrier(8);
            var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return new MasterKeys(Options.Create(new SecretsOptions()), _data).CurrentId;
                },
                TaskCreationOptions.LongRunning)));

            Assert.Single(ids.Distinct());
            Assert.Equal(["master.key"], Directory.GetFiles(_data.Path).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void Create_DamagedFile_IsRefusedInsteadOfReplaced()
    {
        File.WriteAllText(_data.Combine("master.key"), "AAAA");

        Assert.Throws<CryptographicException>(() => new MasterKeys(Options.Create(new SecretsOptions()), _data));
    }

    [Theory]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    public void Start_ConfiguredKeyIsNoKey_StopsAndDoesNotQuoteIt(string key)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:MasterKey", key)]).Build());
        services.AddSecrets();
        using var provider = services.BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<SecretsOptions>>().Value);

        Assert.DoesNotContain($"'{key}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_UnknownKeyInTheSection_Stops()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:MasterKye", "x")]).Build());
        services.AddSecrets();
        using var provider = services.BuildServiceProvider();

        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IOptions<SecretsOptions>>().Value);
    }
}
