using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Http;

public sealed class IdempotencyTests
{
    private const string Body = """{"word":"ab","number":1}""";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SameKey_TwentyAtOnceAndAgain_OneEffect(Db db)
    {
        var (app, effects) = await StartAsync(db);
        await using var _ = app;
        var user = await app.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PostAsync(user, "k-1", Body)));
        Assert.Equal(1, effects.Count);
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK && !answer.Headers.Contains("Idempotency-Replayed"));
        Assert.All(answers.Where(answer => answer.StatusCode == HttpStatusCode.Conflict), answer => Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta));

        var again = await PostAsync(user, "k-1", """{ "number": 1, "word": "ab" }""");   // the same request, written differently
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(1, (await again.JsonAsync()).GetProperty("number").GetInt32());
        Assert.Equal(1, effects.Count);
    }

    [Fact]
    public async Task SameKey_OtherBodyOrUser_IsAnotherMatter()
    {
        var (app, effects) = await StartAsync();
        await using var _ = app;
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await PostAsync(user, "k-1", Body);

        var reused = await PostAsync(user, "k-1", """{"word":"ab","number":2}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.StatusCode);
        Assert.Equal("Idempotency key was already used with a different request", (await reused.JsonAsync()).Text("detail"));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(other, "k-1", Body)).StatusCode);
        Assert.Equal(2, effects.Count);
    }

    [Theory]
    [InlineData("""{"word":"stop","number":1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"word":5}""", HttpStatusCode.UnprocessableEntity)]
    public async Task Refused_ReleasesTheKey(string body, HttpStatusCode status)
    {
        var (app, effects) = await StartAsync();
        await using var _ = app;
        var user = await app.CreateUserAsync();
        Assert.Equal(status, (await PostAsync(user, "k-1", body)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(user, "k-1", Body)).StatusCode);
        Assert.Equal(1, effects.Count);
    }

    [Fact]
    public async Task FaultAfterTheEffect_KeepsTheKeyCompleted()
    {
        var (app, effects) = await StartAsync();
        await using var _ = app;
        var user = await app.CreateUserAsync();
        const string crash = """{"word":"crash","number":1}""";
        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync(user, "k-1", crash)).StatusCode);   // after it had saved
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(user, "k-1", crash)).StatusCode);
        Assert.Equal(1, effects.Count);
    }

    [Fact]
    public async Task ReservationOfADeadProcess_IsTakenOverAfterTheTimeOut()
    {
        var clock = new ShiftedClock();
        var (app, effects) = await StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        await using var _ = app;
        var user = await app.CreateUserAsync();
        await PostAsync(user, "k-1", Body);
        await using (var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform))
        {
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();   // as if the process had died between reservation and effect
            await db.IdempotencyKeys.ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, IdempotencyStatus.Processing));
        }

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(user, "k-1", Body)).StatusCode);
        clock.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(user, "k-1", Body)).StatusCode);
        Assert.Equal(2, effects.Count);
        clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("true", (await PostAsync(user, "k-1", Body)).Headers.GetValues("Idempotency-Replayed").Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("x256")]
    public async Task KeyOfBadForm_Is422(string key)
    {
        var (app, effects) = await StartAsync();
        await using var _ = app;
        var user = await app.CreateUserAsync();
        var answer = await PostAsync(user, key == "x256" ? new string('x', 256) : key, Body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(0, effects.Count);
    }

    private static async Task<(PlatformApp App, ProbeEffects Effects)> StartAsync(Db db = Db.Sqlite, Action<IServiceCollection>? configure = null)
    {
        var effects = new ProbeEffects();
        var app = await PlatformApp.StartAsync(
            db,
            services =>
            {
                services.AddSingleton(effects);
                configure?.Invoke(services);
            },
            functions: Probe.Types);
        return (app, effects);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestUser user, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/probe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await user.Client.SendAsync(request);
    }
}
