using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Notifications;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Quotas;

/// <summary>The app at a chosen time of the day, and what tests of quotas do again and again.</summary>
internal sealed class QuotaLab(PlatformApp app, ShiftedClock clock, TestUser admin) : IAsyncDisposable
{
    public PlatformApp App => app;

    public ShiftedClock Clock => clock;

    public TestUser Operator => admin;

    /// <param name="hour">Of the UTC day at the start; far from midnight unless a test says otherwise.</param>
    public static async Task<QuotaLab> StartAsync(Db db, TimeSpan? hour = null, string? dataDirectory = null, string? connectionString = null, params (string Key, string Value)[] settings)
    {
        var clock = new ShiftedClock();
        var now = clock.GetUtcNow();
        clock.Advance(now.UtcDateTime.Date.AddDays(1) + (hour ?? TimeSpan.FromHours(10)) - now.UtcDateTime);
        var app = await PlatformApp.StartAsync(db, services => services.AddSingleton<TimeProvider>(clock), dataDirectory, connectionString, settings: settings);
        return new QuotaLab(app, clock, await app.OperatorAsync());
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> RunAsync(TestUser user, string script = "print(1)", string? project = null) => SendAsync(user, "/api/v1/execute?wait=60", script, project);

    public static Task<(HttpStatusCode Status, JsonElement Body)> StartAsync(TestUser user, string script = "print(1)") => SendAsync(user, "/api/v1/execute", script, project: null);

    public Task<JsonElement> SetAsync(string subject, Guid id, object limits) => CallAsync(HttpMethod.Put, $"/api/v1/admin/quotas/{subject}/{id}", limits);

    public async Task<JsonElement> CallAsync(HttpMethod method, string path, object? body = null) => (await admin.Client.CallAsync(method, path, body, HttpStatusCode.OK)).Body;

    public static async Task<JsonElement> UsageAsync(TestUser user, string query = "") => (await user.Client.GetAsync($"/api/v1/user/usage{query}", HttpStatusCode.OK)).Body;

    public static JsonElement Standing(JsonElement report, string subject, string quota) => report.GetProperty(report.TryGetProperty("quotas", out _) ? "quotas" : "today").EnumerateArray()
        .Single(row => row.GetProperty("subject").GetString() == subject && row.GetProperty("quota").GetString() == quota);

    /// <summary>The warnings that a user got, once the platform has told all that has happened so far.</summary>
    public async Task<List<string>> WarningsAsync(TestUser user)
    {
        await Until.TrueAsync(async () => await app.WithDatabaseAsync(ToldAsync), "every warning is told");
        return await app.WithDatabaseAsync(db => db.Notifications.Where(row => row.UserId == user.Id && row.Type == NotificationType.QuotaWarning).OrderBy(row => row.CreatedAt).Select(row => row.Subject).ToListAsync());
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task<bool> ToldAsync(PlatformDbContext db)
    {
        var warned = await db.Events.Where(stored => stored.EventType == NotifyOfQuota.EventType).Select(stored => stored.EventId).ToListAsync();
        var told = await db.Notifications.Where(row => row.Type == NotificationType.QuotaWarning).Select(row => row.SourceEventId).Distinct().ToListAsync();
        return warned.TrueForAll(id => told.Contains(id));
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(TestUser user, string path, string script, string? project)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { script }) };
        if (project is not null)
            request.Headers.Add("X-Project-Id", project);
        using var answer = await user.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}
