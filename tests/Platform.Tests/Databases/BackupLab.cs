using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Databases;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>A database with backups, and the platform's rows of both.</summary>
internal sealed class BackupLab(PlatformApp app)
{
    public async Task<(TestUser User, DatabaseClient Client, Guid Id)> StartAsync()
    {
        var user = await app.CreateUserAsync();
        var client = new DatabaseClient(user);
        return (user, client, await client.CreatedAsync("main", "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a'), ('b')"));
    }

    public static async Task<Guid> BackedUpAsync(DatabaseClient client, Guid id)
    {
        var started = Id((await client.BackUpAsync(id, new { })).Ok(HttpStatusCode.Created).Data);
        await CompletedAsync(client, id, started);
        return started;
    }

    public static async Task<JsonElement> CompletedAsync(DatabaseClient client, Guid id, Guid backup)
    {
        JsonElement found = default;
        await Until.TrueAsync(
            async () =>
            {
                found = (await client.BackupsAsync(id)).Ok().Data.EnumerateArray().Single(row => Id(row) == backup);
                return Text(found, "status") is "completed" or "failed";
            },
            "the backup is made");
        Assert.Equal("completed", Text(found, "status"));
        return found;
    }

    public static async Task<JsonElement> RestoredAsync(DatabaseClient client, Guid id, JsonElement restore)
    {
        JsonElement last = default;
        await Until.TrueAsync(
            async () =>
            {
                last = (await client.GetAsync(id)).Ok().Data.GetProperty("lastRestore");
                return last.GetProperty("id").GetGuid() == restore.GetProperty("restoreId").GetGuid() && Text(last, "status") != "running";
            },
            "the restore is over");
        return last;
    }

    public async Task<DatabaseBackup> RowAsync(Guid backup)
    {
        await using var scope = app.As(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().DatabaseBackups.AsNoTracking().SingleAsync(row => row.Id == backup);
    }

    /// <summary>Files of an attempt to back up that is under way.</summary>
    public string[] TemporaryFilesOf(string key) => Directory.GetFiles(app.Services.GetRequiredService<DatabaseFiles>().TemporaryFolder, $"{Path.GetFileName(key)}*");

    public Task DueAsync(Guid id) => ChangeAsync(
        db => db.Databases.Where(row => row.Id == id),
        (db, row) =>
        {
            db.Entry(row).Property(found => found.NextBackupAt).CurrentValue = DateTimeOffset.UtcNow.AddHours(-5);
            row.LastScheduledStatus = null;
        });

    public Task ChangeAsync<T>(Func<PlatformDbContext, IQueryable<T>> find, Action<T> change)
        where T : class => ChangeAsync(find, (_, row) => change(row));

    public async Task ChangeAsync<T>(Func<PlatformDbContext, IQueryable<T>> find, Action<PlatformDbContext, T> change)
        where T : class
    {
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        change(db, await find(db).SingleAsync());
        await db.SaveChangesAsync();
    }

    public async Task<DatabaseClient> TokenAsync(TestUser user, string scope)
    {
        var answer = await user.Client.PostAsJsonAsync("/api/dev/tokens", new { name = $"token {Guid.CreateVersion7()}", scopes = new[] { scope } });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("token").GetString()!;
        return new DatabaseClient(app.Client(headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", token)));
    }

    public static byte[] Zipped(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest))
            zip.Write(content);
        return packed.ToArray();
    }

    public static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    public static Guid Id(JsonElement element) => element.GetProperty("id").GetGuid();

    public static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
