using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Scripts;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Scripts;

public sealed class ScriptShareTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Share_IsReadByAnybodyWithTheLinkUntilItIsRevokedOrEnds(Db database)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(database, services => services.AddSingleton<TimeProvider>(clock));
        var (owner, stranger) = (await ScriptClient.NewAsync(app), await ScriptClient.NewAsync(app));
        var id = await owner.SaveAsync("print('one')");
        var made = await owner.CallAsync(HttpMethod.Post, ScriptClient.Of(id, "/shares"), new { expires_in_days = 1 });
        var other = await owner.CallAsync(HttpMethod.Post, ScriptClient.Of(id, "/shares"));
        var path = made.Text("path");

        Assert.Equal($"/api/v1/shared/scripts/{made.Text("token")}", path);
        var read = await ReadAsync(app, path);
        Assert.Equal(("print('one')", "answer", "python"), (read.Text("script"), read.Text("name"), read.Text("lang")));
        Assert.False(read.TryGetProperty("user_id", out _));
        await owner.CallAsync(HttpMethod.Put, ScriptClient.Of(id), new { name = "answer", script = "print('two')" });
        Assert.Equal("print('two')", (await ReadAsync(app, path)).Text("script"));

        var listed = await owner.ListAsync(ScriptClient.Of(id, "/shares"));
        Assert.Equal([other.GetProperty("share_id").GetGuid(), made.GetProperty("share_id").GetGuid()], listed.Select(share => share.GetProperty("share_id").GetGuid()));
        Assert.All(listed, share => Assert.Equal(JsonValueKind.Null, share.GetProperty("token").ValueKind)); // shown once
        var (hashes, told) = await app.WithDatabaseAsync(async db => (
            await db.Set<ScriptShare>().Select(share => share.TokenHash).ToListAsync(),
            await db.Events.Where(stored => stored.EventType == "script_shared").Select(stored => stored.Payload).ToListAsync()));
        Assert.All(hashes.Concat(told), text => Assert.DoesNotContain(made.Text("token"), text, StringComparison.Ordinal));
        var payload = JsonSerializer.Deserialize<JsonElement>(told[0]);
        Assert.Equal((2, id, owner.User.Id, 0, "read"), (told.Count, payload.GetProperty("script_id").GetGuid(), payload.GetProperty("shared_by").GetGuid(), payload.GetProperty("shared_with").GetArrayLength(), payload.Text("permissions")));

        foreach (var (method, rest) in new[] { (HttpMethod.Post, "/shares"), (HttpMethod.Get, "/shares"), (HttpMethod.Delete, $"/shares/{other.Text("share_id")}") })
            Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusAsync(method, ScriptClient.Of(id, rest)));
        await owner.CallAsync(HttpMethod.Delete, ScriptClient.Of(id, $"/shares/{other.Text("share_id")}"), expected: HttpStatusCode.NoContent);
        await app.Anonymous.GetAsync(other.Text("path"), HttpStatusCode.NotFound);
        await app.Anonymous.GetAsync($"{path[..^1]}{(path[^1] == 'A' ? 'B' : 'A')}", HttpStatusCode.NotFound);
        await app.Anonymous.GetAsync("/api/v1/shared/scripts/nonsense", HttpStatusCode.NotFound);
        clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        await app.Anonymous.GetAsync(path, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Share_Limits_Hold(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var owner = await ScriptClient.NewAsync(app);
        var id = await owner.SaveAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => owner.StatusAsync(HttpMethod.Post, ScriptClient.Of(id, "/shares"), new { })));
        Assert.Equal((20, 5), (answers.Count(status => status == HttpStatusCode.OK), answers.Count(status => status == HttpStatusCode.BadRequest)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await owner.StatusAsync(HttpMethod.Post, ScriptClient.Of(id, "/shares"), new { expires_in_days = 366 }));

        var shared = await owner.SaveAsync("print(2)", "second");
        var first = await owner.PostAsync(ScriptClient.Of(shared, "/shares"), new { }, "one-key");
        using var again = new HttpRequestMessage(HttpMethod.Post, ScriptClient.Of(shared, "/shares")) { Content = JsonContent.Create(new { }) };
        again.Headers.Add("Idempotency-Key", "one-key");
        using var repeated = await owner.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.Conflict, repeated.StatusCode); // the secret is shown once
        Assert.Single(await owner.ListAsync(ScriptClient.Of(shared, "/shares")));

        await owner.CallAsync(HttpMethod.Delete, ScriptClient.Of(shared), expected: HttpStatusCode.NoContent);
        await app.Anonymous.GetAsync(first.Text("path"), HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> ReadAsync(PlatformApp app, string path) => (await app.Anonymous.GetAsync(path, HttpStatusCode.OK)).Body;
}
