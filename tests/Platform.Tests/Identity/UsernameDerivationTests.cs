using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity;

public sealed class UsernameDerivationTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData("octocat", "octocat")]
    [InlineData("a", "a-2")]
    [InlineData("", "user")]
    [InlineData("Zoë Müller@home", "Zo--M-ller-home")]
    [InlineData("john+test", "john+test")]
    [InlineData("TAKEN", "TAKEN-4")]
    public async Task Free_AnyName_HasTheFormAndIsFree(string source, string expected)
    {
        await using var database = await TestDatabase.CreateAsync();
        Assert.Equal(expected, await DeriveAsync(database, source, "taken", "Taken-2", "taken-3", "taken-5"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Free_LongNameWithManyNamesakes_StaysWithinTheLimit(bool onPostgres)
    {
        await using var database = onPostgres ? await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync()) : await TestDatabase.CreateAsync();
        var name = new string('n', 80);
        string[] taken = [name[..64], .. Enumerable.Range(2, 40).Select(number => $"{name[..(number < 10 ? 62 : 61)]}-{number}")];

        Assert.Equal($"{name[..61]}-42", await DeriveAsync(database, name, taken));
    }

    private static async Task<string> DeriveAsync(TestDatabase database, string source, params string[] taken)
    {
        await using var scope = database.As(Caller.Platform);
        scope.Db.AddRange(taken.Select(name => User.Create(name, null, PlatformRole.User, database.Clock.GetUtcNow())));
        await scope.Db.SaveChangesAsync();
        return await new UsernameDerivation(scope.Db).FreeAsync(source, CancellationToken.None);
    }
}
