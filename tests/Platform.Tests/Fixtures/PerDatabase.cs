namespace Platform.Tests.Fixtures;

/// <summary>One thing per database for the tests of a class, made when first wanted.</summary>
internal sealed class PerDatabase<T>(Func<Db, Task<T>> create) : IAsyncDisposable
    where T : IAsyncDisposable
{
    private readonly Dictionary<Db, Lazy<Task<T>>> _made = Enum.GetValues<Db>().ToDictionary(db => db, db => new Lazy<Task<T>>(() => create(db)));

    public Task<T> GetAsync(Db db) => _made[db].Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var made in _made.Values.Where(made => made.IsValueCreated))
            await (await made.Value).DisposeAsync();
    }
}
