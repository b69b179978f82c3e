namespace Platform.Benchmarks.Soak;

/// <summary>Looks at events and notifications, and changes settings.</summary>
internal sealed class ReadingWork(SoakClient client)
{
    private static readonly string[] Themes = ["light", "dark", "auto"];

    private int _next;

    public async Task EventsAsync(CancellationToken ct)
    {
        await client.GetAsync("/api/v1/events/user?limit=50", ct);
        await client.PostAsync("/api/v1/events/query", new { event_types = new[] { "execution_completed" }, text_search = "exit_code" }, ct);
        await client.GetAsync("/api/v1/events/statistics", ct);
        await client.GetAsync("/api/v1/events/types", ct);
        await client.GetAsync("/api/v1/user/executions?limit=20", ct);
        await client.GetAsync("/api/v1/sagas?limit=20", ct);
        client.Ledger.Count("rounds of queries");
        await client.PauseAsync(800, ct);
    }

    public async Task NotificationsAsync(CancellationToken ct)
    {
        var list = await client.GetAsync("/api/v1/notifications?limit=20", ct);
        if (list is { IsOk: true })
        {
            foreach (var item in list.Body.GetProperty("notifications").EnumerateArray().Take(3))
            {
                if (await client.SendAsync(HttpMethod.Put, $"/api/v1/notifications/{item.GetProperty("notification_id")}/read", ct: ct) is { IsOk: true })
                    client.Ledger.Count("notifications read");
            }
        }

        await client.GetAsync("/api/v1/notifications/unread-count", ct);
        if (client.Random.Next(10) == 0)
            await client.PostAsync("/api/v1/notifications/mark-all-read", null, ct);
        await client.PauseAsync(1500, ct);
    }

    /// <summary>Each change is one event of the user's stream and one version.</summary>
    public async Task SettingsAsync(CancellationToken ct)
    {
        var theme = await client.SendAsync(HttpMethod.Put, "/api/v1/user/settings/theme", new { theme = Themes[_next % 3] }, ct: ct);
        var custom = await client.SendAsync(HttpMethod.Put, $"/api/v1/user/settings/custom/k{_next % 7}", new { value = _next }, ct: ct);
        _next++;
        foreach (var answer in new[] { theme, custom })
        {
            if (answer is { IsOk: true })
                client.Ledger.Settings.AddOrUpdate(client.UserId, answer.Body.GetProperty("version").GetInt64(), (_, known) => Math.Max(known, answer.Body.GetProperty("version").GetInt64()));
        }

        await client.PauseAsync(2000, ct);
    }
}
